/** One contender, warm, on decoded photos: finding faces, and finding and reading them. Started by bench/photo.ts. */
import { decodePhoto } from '../../node/decode-photo.ts';
import { openPeer } from '../peers/open.ts';
import { printSkipped } from './fresh-process.ts';
import { type Time, timed } from './statistics.ts';

const [name, attuneModel, repeats, ...paths] = process.argv.slice(2);
const peer = await openPeer(name!, { attuneModel: attuneModel! });
if (typeof peer === 'string') {
  printSkipped(peer);
  process.exit(0);
}
const photos = [];
for (const path of paths) {
  const image = await decodePhoto(path);
  // The first look is not timed: it warms up.
  photos.push({ image, emotions: await peer.read(image), find: [] as Time[], read: [] as Time[] });
}
for (let repeat = 0; repeat < Number(repeats); repeat++) {
  for (const { image, find, read } of photos) {
    find.push((await timed(() => peer.find(image))).time);
    read.push((await timed(() => peer.read(image))).time);
  }
}
const { version, backend } = peer;
console.log(JSON.stringify({ version, backend, photos: photos.map(({ image: _, ...figures }) => figures) }));
process.exit(0);
