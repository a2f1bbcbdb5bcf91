/**
 * Trains the lyric model and writes it for shipping: `npx tsx scripts/publish-lyrics.ts [--data FOLDER] [--out FILE] [--version NAME]`.
 * Each reader is written as soon as it is done; a run that was stopped goes on from there. `--again NAMES` (with
 * commas) trains these readers anew, `--anew` all.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packagePath } from '../node/package-root.ts';
import type { EmotionReader } from '../src/lyrics/emotion-reader.ts';
import { formatLyricModel, parseLyricModel } from '../src/lyrics/reader-file.ts';
import { trainLyricModel } from '../training/lyrics/model.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string' },
    version: { type: 'string' },
    anew: { type: 'boolean' },
    again: { type: 'string' },
  },
});
const data = values.data ?? packagePath('..', 'shared', 'data', 'lyrics');
const out = values.out ?? packagePath('models', 'lyrics-emotion.json.gz');
const version = values.version ?? 'lyrics-2';
const readers: Record<string, EmotionReader> =
  existsSync(out) && !values.anew ? { ...parseLyricModel(gunzipSync(readFileSync(out)).toString('utf8')).readers } : {};
for (const name of values.again?.split(',') ?? []) delete readers[name];
await trainLyricModel(
  data,
  readers,
  (name, reader) => {
    readers[name] = reader;
    const bytes = gzipSync(formatLyricModel({ version, readers }), { level: 9 });
    writeFileSync(out, bytes);
    const questions = Object.entries(reader.heads).map(([head, { classes }]) => `${head} (${classes.length} classes)`);
    console.log(`${name}: ${reader.vectors.columnCount} columns; ${questions.join(', ')}`);
    console.log(`${out}: ${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`);
  },
  console.error,
);
