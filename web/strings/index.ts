/** The page's words in the language chosen. */
import { language } from '../settings.ts';
import { en, type Strings } from './en.ts';
import { zh } from './zh.ts';

export type { Strings };

const STRINGS = { en, zh } as const;

/** The page's language as the browser writes it (en-GB, not just en), where it is one of the browser's own. */
export const locale = (): string => {
  const { locale: plain } = text();
  const [primary] = plain.split('-');
  return navigator.languages.find((tag) => tag.toLowerCase().split('-')[0] === primary) ?? plain;
};

/** Inside a component this follows the language: what reads it is drawn again when the language changes. */
export const text = (): Strings => STRINGS[language.value];
