/** Languages and tags of songs in the words of the page. */
import { text } from './strings/index.ts';

export const languageName = (code: string): string => {
  if (code === '') return '';
  if (code === 'zxx') return text().list.instrumental;
  try {
    return new Intl.DisplayNames([text().locale], { type: 'language', fallback: 'code' }).of(code) ?? code;
  } catch {
    // A library takes words of any kind as a language.
    return code;
  }
};

export const tagName = (tag: string): string => text().list.tags[tag] ?? tag.replaceAll('-', ' ');
