/** An error as a sentence in the language of the page. */
import type { Problem } from './protocol.ts';
import { text } from './strings/index.ts';

/** The sentence for its code where this language has one, else the error's own, which is English. */
export const sentence = ({ code, message }: Problem): string => {
  const own = text().errors[code];
  if (own) return own;
  return code === 'page/unexpected' ? text().problem.unexpected(message) : message;
};
