/** What commands print: text fitted to the terminal, JSON to the screen or a file, and progress that stays out of pipes. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InvalidInputError } from '../src/base/errors.ts';

/** What `--json [FILE]` leaves: absent, the screen (`true` or `-`), or the path of a file. */
export type JsonTarget = boolean | string | undefined;

export const JSON_FLAG = '--json [FILE]';
export const JSON_HELP = 'print JSON, or write it to FILE';

export const isScreen = (target: JsonTarget): boolean => target === true || target === '-';

/** Writes a line, or several, to standard output. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/**
 * Refuses a file that could not be written later: better before the work than after it.
 *
 * @throws {InvalidInputError} `cli/cannot-write`
 */
export const checkJsonTarget = (target: JsonTarget): void => {
  if (typeof target !== 'string' || isScreen(target)) return;
  const folder = dirname(target);
  if (existsSync(target) && statSync(target).isDirectory())
    throw new InvalidInputError('cli/cannot-write', `${target} is a folder: name a file to write the JSON to.`);
  if (!existsSync(folder))
    throw new InvalidInputError(
      'cli/cannot-write',
      `There is no folder ${folder} to write ${target} to: make it first.`,
    );
};

/** @throws {InvalidInputError} `cli/cannot-write` */
export const writeJson = (value: unknown, target: JsonTarget): void => {
  const text = JSON.stringify(value, null, 2);
  if (typeof target !== 'string' || isScreen(target)) {
    print(text);
    return;
  }
  try {
    writeFileSync(target, `${text}\n`);
  } catch (cause) {
    throw new InvalidInputError('cli/cannot-write', `${target} cannot be written: name another file.`, { cause });
  }
};

/** `1 song`, `2 songs`. */
export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** The width to fit text to; in a pipe or file nothing is cut. */
export const screenColumns = (): number =>
  process.stdout.isTTY ? Math.max(40, process.stdout.columns || 80) : Number.POSITIVE_INFINITY;

export interface Progress {
  /** Replaces the progress line. */
  say(text: string): void;
  clear(): void;
}

/** One line on a terminal's standard error that is replaced and in the end gone; nothing in a pipe. */
export const createProgress = (): Progress => {
  const { stderr } = process;
  if (!stderr.isTTY) return { say: () => {}, clear: () => {} };
  let isShown = false;
  return {
    say: (text) => {
      stderr.write(`\r\x1b[K${cutTo(text, (stderr.columns || 80) - 1)}`);
      isShown = true;
    },
    clear: () => {
      if (isShown) stderr.write('\r\x1b[K');
      isShown = false;
    },
  };
};

/** Characters that take two columns: Chinese, Japanese, Korean, full-width forms, emoji. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u;
const MARK = /\p{M}|\u200d|\ufe0f/u;

const charWidth = (char: string): number => (MARK.test(char) ? 0 : WIDE.test(char) ? 2 : 1);

/** How many columns of a terminal a text takes. */
export const textWidth = (text: string): number => [...text].reduce((sum, char) => sum + charWidth(char), 0);

/** The text, cut with an ellipsis where it takes more columns. */
export const cutTo = (text: string, columns: number): string => {
  if (textWidth(text) <= columns) return text;
  let width = 1;
  let kept = '';
  for (const char of text) {
    width += charWidth(char);
    if (width > columns) break;
    kept += char;
  }
  return `${kept.trimEnd()}…`;
};

/** The text cut and padded to exactly so many columns. */
export const cutAndPad = (text: string, columns: number): string => {
  const cut = cutTo(text, columns);
  return cut + ' '.repeat(columns - textWidth(cut));
};

export const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;
