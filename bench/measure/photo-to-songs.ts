/** From the bytes of JPEG photos to 20 songs each, warm, as the server does it. Started by bench/photo.ts. */
import { readFile } from 'node:fs/promises';
import { decodePhoto, detectFaces, loadCatalogue, loadFaceModels, readFaces, recommend } from '../../node/index.ts';
import { type Time, timed } from './statistics.ts';

const [expression, repeats, ...paths] = process.argv.slice(2);
const models = await loadFaceModels({ expression: expression! });
const catalogue = await loadCatalogue();
const photos = await Promise.all(paths.map((path) => readFile(path)));

const stages: Record<'decode' | 'find' | 'findAndRead' | 'recommend' | 'whole', Time[]> = {
  decode: [],
  find: [],
  findAndRead: [],
  recommend: [],
  whole: [],
};
// The first round is not kept: it warms up.
for (let repeat = -1; repeat < Number(repeats); repeat++) {
  for (const bytes of photos) {
    const find = await timed(async () => {
      const image = await decodePhoto(bytes);
      return (await timed(() => detectFaces(image, models.detector))).time;
    });
    const whole = await timed(async () => {
      const decoded = await timed(() => decodePhoto(bytes));
      const read = await timed(() => readFaces(decoded.result, models));
      const { scores } = read.result[0]!;
      const recommended = await timed(() => recommend({ mood: scores, catalogue }));
      return { decode: decoded.time, findAndRead: read.time, recommend: recommended.time };
    });
    if (repeat < 0) continue;
    const times = { ...whole.result, find: find.result, whole: whole.time };
    for (const [stage, time] of Object.entries(times)) stages[stage as keyof typeof stages].push(time);
  }
}
console.log(JSON.stringify(stages));
process.exit(0);
