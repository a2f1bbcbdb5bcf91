/** Trains the lyric model and writes it for shipping: `npx tsx scripts/publish-lyrics.ts [--data FOLDER] [--out FILE]`. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { packagePath } from '../node/package-root.ts';
import { formatLyricModel } from '../src/lyrics/reader-file.ts';
import { trainLyricModel } from '../training/lyrics/model.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, out: { type: 'string' }, version: { type: 'string' } },
});
const data = values.data ?? packagePath('..', 'shared', 'data', 'lyrics');
const out = values.out ?? packagePath('models', 'lyrics-emotion.json.gz');
const model = await trainLyricModel(data, values.version ?? 'lyrics-1', console.error);
const bytes = gzipSync(formatLyricModel(model), { level: 9 });
writeFileSync(out, bytes);
for (const [name, { vectors, heads }] of Object.entries(model.readers)) {
  const questions = Object.entries(heads).map(([head, { classes }]) => `${head} (${classes.length} classes)`);
  console.log(`${name}: ${vectors.columnCount} columns; ${questions.join(', ')}`);
}
console.log(`${out}: ${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`);
