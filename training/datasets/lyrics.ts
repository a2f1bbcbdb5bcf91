/** Labelled songs (as counts) and labelled short texts, as ../shared/data/lyrics keeps them: one reader for each form. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InvalidInputError } from '../../src/base/errors.ts';
import type { WordCounts } from '../../src/lyrics/word-counts.ts';

/** One labelled song as counts; no text can be read back. */
export interface LabelledSong {
  readonly id: string;
  readonly label: string;
  /** Fold (0, 1, …) or split ('train', 'valid', 'test') it belongs to. */
  readonly part: string;
  readonly counts: WordCounts;
}

/** One labelled short text. */
export interface LabelledText {
  /** The corpus it came from, where a file joins several; else ''. */
  readonly source: string;
  readonly label: string;
  readonly part: string;
  readonly text: string;
  /** What must stay on one side of a split: the poet of a poem, else the text itself. */
  readonly group: string;
}

/** Name (as `evaluate lyrics --set` takes it) -> file and form. */
export const LYRIC_SETS = {
  'zh-lyrics-7emotion': { file: 'zh-lyrics-7emotion-bow.jsonl', form: 'songs', language: 'zh' },
  'en-happy-sad': { file: 'en-lyrics-happy-sad-bow.jsonl', form: 'songs', language: 'en' },
  'en-4q': { file: 'en-lyrics-4q-nju-bow.jsonl', form: 'songs', language: 'en' },
  'zh-weibo': { file: 'zh-weibo-emotion.tsv', form: 'texts', language: 'zh' },
  'en-goemotions': { file: 'en-goemotions-ekman.tsv', form: 'texts', language: 'en' },
  'zh-poems': { file: 'zh-poems-fspc.tsv', form: 'texts', language: 'zh' },
  'en-isear': { file: 'en-isear.tsv', form: 'texts', language: 'en' },
} as const;

export type LyricSet = keyof typeof LYRIC_SETS;
export type SongSet = {
  [Name in LyricSet]: (typeof LYRIC_SETS)[Name]['form'] extends 'songs' ? Name : never;
}[LyricSet];
export type TextSet = Exclude<LyricSet, SongSet>;

/** @param path the file itself, packed or not, or the folder that holds it */
const readText = async (path: string, file: string): Promise<{ readonly path: string; readonly text: string }> => {
  const found = [path, join(path, file), join(path, `${file}.gz`), join(path, 'lyrics', `${file}.gz`)].find(
    (candidate) => /\.(?:jsonl|tsv)(?:\.gz)?$/.test(candidate) && existsSync(candidate),
  );
  if (!found) {
    throw new InvalidInputError(
      'lyrics/data',
      `There is no ${file}.gz in ${path}: name the file, or the folder that holds it.`,
    );
  }
  const bytes = await readFile(found);
  return { path: found, text: (found.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8') };
};

const isCounts = (value: unknown): value is Record<string, number> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((count) => Number.isInteger(count) && count > 0);

/**
 * @param path the .jsonl or .jsonl.gz, or the folder that holds it
 * @throws {InvalidInputError} `lyrics/data`: no such file, or a line that is no labelled song; the message names it.
 */
export const readSongs = async (path: string, set: SongSet): Promise<LabelledSong[]> => {
  const { path: file, text } = await readText(path, LYRIC_SETS[set].file);
  return text
    .split('\n')
    .map((line, index) => [line, index + 1] as const)
    .filter(([line]) => line.trim() !== '')
    .map(([line, number]) => {
      const fail = (what: string): never => {
        throw new InvalidInputError('lyrics/data', `${file}, line ${number}: ${what}.`);
      };
      let row: Record<string, unknown>;
      try {
        row = JSON.parse(line) as Record<string, unknown>;
      } catch {
        return fail('this is no JSON');
      }
      const { id, label, fold, split, tokens, lines, uniqueLines, bag, mod } = row;
      if (typeof label !== 'string') return fail('there is no label');
      if (!isCounts(bag)) return fail('bag does not map words to counts');
      if (mod !== undefined && !isCounts(mod)) return fail('mod does not map modifiers and words to counts');
      const lineCount = Number(lines ?? 0);
      return {
        id: String(id ?? `${row.artist} - ${row.title}`),
        label,
        part: String(fold ?? split ?? ''),
        counts: {
          words: Number(tokens ?? 0),
          lines: lineCount,
          uniqueLines: Number(uniqueLines ?? lineCount),
          bag: new Map(Object.entries(bag)),
          modified: new Map(Object.entries(mod ?? {})),
        },
      };
    });
};

/** The poems' five steps, by number. */
const POEM_LABELS: Readonly<Record<string, string>> = {
  '1': 'negative',
  '2': 'implicit negative',
  '3': 'neutral',
  '4': 'implicit positive',
  '5': 'positive',
};

/**
 * @param path the .tsv or .tsv.gz, or the folder that holds it
 * @throws {InvalidInputError} `lyrics/data`: no such file, or a header without label and text (poems: sentiment and poem)
 */
export const readLabelledTexts = async (path: string, set: TextSet): Promise<LabelledText[]> => {
  const { path: file, text } = await readText(path, LYRIC_SETS[set].file);
  const [header = '', ...lines] = text.split('\n');
  const columns = header.trimEnd().split('\t');
  const at = (name: string): number => columns.indexOf(name);
  const labelAt = Math.max(at('label'), at('labels'), at('sentiment'));
  const textAt = Math.max(at('text'), at('poem'));
  if (labelAt < 0 || textAt < 0) {
    throw new InvalidInputError(
      'lyrics/data',
      `${file} has the columns ${columns.join(', ')}: expected label and text.`,
    );
  }
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells = line.split('\t');
      const text = cells[textAt] ?? '';
      const label = cells[labelAt] ?? '';
      return {
        source: cells[at('source')] ?? '',
        label: set === 'zh-poems' ? (POEM_LABELS[label] ?? label) : label,
        part: cells[at('split')] ?? '',
        // A poem's lines stand between bars.
        text: set === 'zh-poems' ? text.replaceAll('|', '\n') : text,
        group: cells[at('poet')] ?? text,
      };
    });
};

/** The authors' own five classes: disgust counted as anger, surprise left out; `non` is no clear emotion. */
export const fiveClassLabel = (label: string): string | undefined =>
  label === 'surprise' ? undefined : label === 'disgust' ? 'angry' : label;
