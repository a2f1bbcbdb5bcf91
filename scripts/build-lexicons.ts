/**
 * Computes our own word statistics from labelled texts and writes them where they ship, with the checksums of
 * lexicons/README.md: `npx tsx scripts/build-lexicons.ts [--data FOLDER] [--private FOLDER]`.
 *
 * Only texts whose licence lets their statistics be passed on go into lexicons/: GoEmotions (Apache-2.0), its training
 * split. `--private` also computes the Chinese list, from microblogs given for research, into a folder of the user's.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packagePath } from '../node/package-root.ts';
import { loadChineseTools } from '../node/segment-words.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { splitClauses } from '../src/lyrics/clauses.ts';
import { type LabelledWords, wordStatistics } from '../src/lyrics/word-statistics.ts';
import { readLabelledTexts, type TextSet } from '../training/datasets/lyrics.ts';

/** A word is listed from this standard score on, for the emotion where it is highest. */
const MIN_Z = 2.5;

/** GoEmotions names its groups by nouns. */
const EMOTION_OF: Readonly<Record<string, string>> = {
  anger: 'angry',
  joy: 'happy',
  sadness: 'sad',
};

const labelledWords = async (
  data: string,
  set: TextSet,
  keep: (row: { source: string; part: string }) => boolean,
): Promise<LabelledWords[]> => {
  const chinese = await loadChineseTools();
  const rows = (await readLabelledTexts(data, set)).filter(keep);
  return rows.map(({ label, text }) => ({
    label: EMOTION_OF[label] ?? label,
    // Masks like [NAME] and @ are no words; neither are numbers.
    words: new Set(
      splitClauses([text.replaceAll(/\[[A-Z]+\]|[@#]\S+/g, ' ')], chinese)
        .flat()
        .filter((word) => !/\d/.test(word)),
    ),
  }));
};

const table = (texts: readonly LabelledWords[]): string => {
  const rows = wordStatistics(texts, EMOTIONS).flatMap(({ word, texts: count, z }) => {
    const highest = Math.max(...z);
    if (highest < MIN_Z) return [];
    return [{ word, emotion: EMOTIONS[z.indexOf(highest)]!, count, z, highest }];
  });
  rows.sort((a, b) => EMOTIONS.indexOf(a.emotion) - EMOTIONS.indexOf(b.emotion) || b.highest - a.highest);
  const header = ['word', 'emotion', 'texts', ...EMOTIONS.map((emotion) => `z_${emotion}`)];
  const lines = rows.map(({ word, emotion, count, z }) => [
    word,
    emotion,
    count,
    ...z.map((value) => value.toFixed(1)),
  ]);
  return `${[header, ...lines].map((cells) => cells.join('\t')).join('\n')}\n`;
};

const { values } = parseArgs({ options: { data: { type: 'string' }, private: { type: 'string' } } });
const data = values.data ?? process.env.ATTUNE_DATA ?? packagePath('..', 'shared', 'data');

const english = table(await labelledWords(join(data, 'lyrics'), 'en-goemotions', ({ part }) => part === 'train'));
await writeFile(packagePath('lexicons', 'statistics-en.tsv'), english);
console.log(`lexicons/statistics-en.tsv: ${english.split('\n').length - 2} words`);

if (values.private !== undefined) {
  // Test rows stay out, and so does the subset whose topics of 2020 mark its classes.
  const chinese = table(
    await labelledWords(
      join(data, 'lyrics'),
      'zh-weibo',
      ({ source, part }) => part !== 'test' && source !== 'smp2020-virus',
    ),
  );
  await mkdir(values.private, { recursive: true });
  await writeFile(join(values.private, 'statistics-zh.tsv'), chinese);
  console.log(`${join(values.private, 'statistics-zh.tsv')}: ${chinese.split('\n').length - 2} words`);
}

// The README names every list's checksum; this keeps them true.
const folder = packagePath('lexicons');
let readme = await readFile(join(folder, 'README.md'), 'utf8');
for (const name of (await readdir(folder)).filter((file) => file.endsWith('.tsv')).sort()) {
  const sha256 = createHash('sha256')
    .update(await readFile(join(folder, name)))
    .digest('hex');
  readme = readme.replace(
    new RegExp(`(\\| ${name.replaceAll('.', '\\.')} \\|[^\\n]*\\| )[0-9a-f?]+ \\|`),
    `$1${sha256} |`,
  );
}
await writeFile(join(folder, 'README.md'), readme);
