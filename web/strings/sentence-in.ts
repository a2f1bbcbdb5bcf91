/** An error as a sentence of one language. */
import type { Problem } from '../protocol.ts';
import type { Strings } from './en.ts';

/** The sentence for its code where this language has one; else the error's own, which is English: elsewhere it is said to be foreign. */
export const sentenceIn = ({ errors, locale, problem }: Strings, { code, message }: Problem): string => {
  const own = errors[code];
  if (own !== undefined) return typeof own === 'string' ? own : own(message);
  return code === 'page/unexpected' || locale !== 'en' ? problem.unexpected(message) : message;
};
