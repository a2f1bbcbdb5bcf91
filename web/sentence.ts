/** An error as a sentence in the language of the page. */
import type { Problem } from './protocol.ts';
import { text } from './strings/index.ts';
import { sentenceIn } from './strings/sentence-in.ts';

export const sentence = (problem: Problem): string => sentenceIn(text(), problem);
