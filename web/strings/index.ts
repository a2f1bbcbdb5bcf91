/** The page's words in the language chosen. */
import { language } from '../settings.ts';
import { en, type Strings } from './en.ts';
import { zh } from './zh.ts';

export type { Strings };

const STRINGS = { en, zh } as const;

/** Inside a component this follows the language: what reads it is drawn again when the language changes. */
export const text = (): Strings => STRINGS[language.value];
