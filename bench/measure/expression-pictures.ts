/** One contender's expression model on framed pictures, one at a time. Started by bench/expression-peers.ts. */
import { readFile, stat } from 'node:fs/promises';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { PICTURE_BYTES } from '../../training/datasets/face-set.ts';
import { openPeer } from '../peers/open.ts';
import { likeliestLabel } from '../peers/peer.ts';
import { printSkipped } from './fresh-process.ts';
import { type Time, timed } from './statistics.ts';

const [name, attuneModel, path] = process.argv.slice(2);
const peer = await openPeer(name!, { attuneModel: attuneModel! });
if (typeof peer === 'string') {
  printSkipped(peer);
  process.exit(0);
}
const pictures = new Uint8Array(await readFile(path!));
for (let i = 0; i < 20; i++) await peer.readPicture(pictures.subarray(0, PICTURE_BYTES));
const predicted: number[] = [];
const times: Time[] = [];
for (let start = 0; start < pictures.length; start += PICTURE_BYTES) {
  const { result, time } = await timed(() => peer.readPicture(pictures.subarray(start, start + PICTURE_BYTES)));
  predicted.push(EMOTIONS.indexOf(likeliestLabel(EMOTIONS, result)));
  times.push(time);
}
let bytes = 0;
for (const file of peer.expressionFiles) bytes += (await stat(file)).size;
const { version, backend } = peer;
console.log(JSON.stringify({ version, backend, bytes, predicted, times }));
process.exit(0);
