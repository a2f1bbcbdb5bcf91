/** Prints the lyrics report as JSON: `npx tsx scripts/evaluate-lyrics.ts [--data FOLDER] [--set NAME] [--fold N]`. */
import { parseArgs } from 'node:util';
import { packagePath } from '../node/package-root.ts';
import { LYRIC_SETS, type LyricSet } from '../training/datasets/lyrics.ts';
import { evaluateLyrics } from '../training/evaluate-lyrics.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, set: { type: 'string' }, fold: { type: 'string' } },
});
const data = values.data ?? packagePath('..', 'shared', 'data', 'lyrics');
const set = (values.set ?? 'zh-lyrics-7emotion') as LyricSet;
if (!(set in LYRIC_SETS)) throw new Error(`--set ${set}: choose ${Object.keys(LYRIC_SETS).join(', ')}.`);
const fold = values.fold === undefined ? {} : { fold: Number(values.fold) };
console.log(JSON.stringify(await evaluateLyrics({ data, set, ...fold, onProgress: console.error }), undefined, 2));
