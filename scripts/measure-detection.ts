/** Prints the faces found in the photos of ../shared/data/face-photos beside the persons counted in them by eye. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePhoto } from '../node/decode-photo.ts';
import { loadFaceDetector } from '../node/face-models.ts';
import { packagePath } from '../node/package-root.ts';
import { type DetectEffort, detectFaces } from '../src/face/detect.ts';

const folder = process.argv[2] ?? join(process.env.ATTUNE_DATA ?? packagePath('..', 'shared', 'data'), 'face-photos');
const EFFORTS: readonly DetectEffort[] = ['quick', 'auto', 'thorough'];

/** Processor time this process has used, ms: it depends less than the clock on what else runs on the machine. */
const processorTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const rows = (await readFile(join(folder, 'index.csv'), 'utf8')).trim().split('\n').slice(1);
const detector = await loadFaceDetector();
console.log(
  'photo | size | persons | quick | auto | thorough: faces found, processor time (one thread), score of the weakest, width of the widest',
);
for (const row of rows) {
  const [file, persons] = row.split(',');
  if (!/\.(jpe?g|png)$/.test(file!)) continue;
  const image = await decodePhoto(join(folder, file!));
  const cells: string[] = [];
  for (const effort of EFFORTS) {
    let faces = await detectFaces(image, detector, { effort });
    const start = processorTime();
    const rounds = 3;
    for (let round = 0; round < rounds; round++) faces = await detectFaces(image, detector, { effort });
    const milliseconds = (processorTime() - start) / rounds;
    const scores = faces.map(({ score }) => score);
    cells.push(
      `${faces.length} in ${milliseconds.toFixed(1)} ms` +
        (faces.length > 0 ? ` (${Math.min(...scores).toFixed(2)}, ${faces[0]!.box.width.toFixed(0)} px)` : ''),
    );
  }
  console.log([file, `${image.width} x ${image.height}`, persons, ...cells].join(' | '));
}
