/** A 1280 px photo to 20 songs, and finding and reading its faces beside human and face-api: `npx tsx bench/photo.ts [--repeats N] [--rounds N]`. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { z } from 'zod';
import { packagePath } from '../node/package-root.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { findExpressionModel, UNTRAINED_NOTE } from './measure/expression-model.ts';
import { canTieToOneCore, nodeCommand, type Outcome, runContenders } from './measure/fresh-process.ts';
import { median, quantile } from './measure/statistics.ts';
import { describeLoad, milliseconds, printTable, ratio } from './measure/table.ts';
import { requirePeer } from './peers/tensorflow.ts';

const WIDTH = 1280;
const timesSchema = z.array(z.object({ clock: z.number(), processor: z.number() }));
const songsSchema = z.object({
  decode: timesSchema,
  find: timesSchema,
  findAndRead: timesSchema,
  recommend: timesSchema,
  whole: timesSchema,
});
const facesSchema = z.object({
  version: z.string(),
  backend: z.string(),
  photos: z.array(z.object({ emotions: z.array(z.enum(EMOTIONS)), find: timesSchema, read: timesSchema })),
});

interface Photo {
  readonly path: string;
  readonly persons: number;
}

/** Photos that lie inside face-api's package, and those of the shared data with at least one person in them. */
const findPhotos = async (): Promise<Photo[]> => {
  const demo = join(dirname(requirePeer.resolve('@vladmandic/face-api/package.json')), 'demo');
  // Counted by eye.
  const photos = [3, 3, 3, 4, 5, 4].map((count, i) => ({ path: join(demo, `sample${i + 1}.jpg`), persons: count }));
  const folder = join(process.env.ATTUNE_DATA ?? packagePath('..', 'shared', 'data'), 'face-photos');
  if (!existsSync(folder)) return photos;
  const rows = (await readFile(join(folder, 'index.csv'), 'utf8')).trim().split('\n').slice(1);
  for (const row of rows) {
    const [file, count] = row.split(',') as [string, string];
    if (/\.(jpe?g|png)$/.test(file) && Number(count) > 0)
      photos.push({ path: join(folder, file), persons: Number(count) });
  }
  return photos;
};

const { values } = parseArgs({
  options: { repeats: { type: 'string', default: '3' }, rounds: { type: 'string', default: '2' } },
});
const rounds = Number(values.rounds);
const model = await findExpressionModel();
const photos = await findPhotos();
const folder = await mkdtemp(join(tmpdir(), 'attune-bench-'));
try {
  const paths: string[] = [];
  for (const { path } of photos) {
    const resized = join(folder, `${basename(path, extname(path))}.jpg`);
    await writeFile(resized, await sharp(path).autoOrient().resize({ width: WIDTH }).jpeg({ quality: 90 }).toBuffer());
    paths.push(resized);
  }
  const modelNote = model.trained ? [] : [UNTRAINED_NOTE];
  const coreNote = canTieToOneCore
    ? 'Every process was tied to one core.'
    : 'taskset is not on this machine: processes were not tied to one core.';
  await comparePathToSongs(paths, [coreNote, ...modelNote]);
  await compareReaders(paths, [coreNote, ...modelNote]);
} finally {
  await rm(folder, { recursive: true });
}

async function comparePathToSongs(paths: readonly string[], notes: readonly string[]): Promise<void> {
  const command = nodeCommand(
    new URL('measure/photo-to-songs.ts', import.meta.url),
    model.path,
    values.repeats,
    ...paths,
  );
  const outcomes = await runContenders({
    contenders: [{ name: 'attune', command }],
    rounds,
    schema: songsSchema,
    oneCore: true,
  });
  const outcome = outcomes.get('attune')!;
  if (outcome.kind === 'skipped') throw new Error(`The path from photo to songs ${outcome.reason}`);
  const samples = (stage: keyof z.output<typeof songsSchema>) => outcome.rounds.flatMap((round) => round[stage]);
  const row = (label: string, stage: keyof z.output<typeof songsSchema>) => {
    const clock = samples(stage).map((time) => time.clock);
    const processor = median(samples(stage).map((time) => time.processor));
    return [label, ...[median(clock), quantile(clock, 0.95), processor].map(milliseconds)];
  };
  const reading = samples('findAndRead').map((time, i) => ({
    clock: time.clock - samples('find')[i]!.clock,
    processor: time.processor - samples('find')[i]!.processor,
  }));
  printTable({
    title: `${WIDTH} px JPEG -> 20 songs, warm, ${paths.length} photos x ${samples('whole').length / paths.length}`,
    columns: ['step', 'p50 ms', 'p95 ms', 'processor p50 ms'],
    rows: [
      row('decode the JPEG', 'decode'),
      row('find and read the faces', 'findAndRead'),
      row('  find them, measured alone', 'find'),
      [
        '  read them: the difference',
        milliseconds(median(reading.map(({ clock }) => clock))),
        '',
        milliseconds(median(reading.map(({ processor }) => processor))),
      ],
      row('recommend 20 songs', 'recommend'),
      row('in all', 'whole'),
    ],
    notes: [...notes, describeLoad()],
  });
}

async function compareReaders(paths: readonly string[], notes: readonly string[]): Promise<void> {
  const names = ['attune', 'human', 'face-api (tiny)', 'face-api (SSD)'];
  const file = new URL('measure/photo-faces.ts', import.meta.url);
  const outcomes = await runContenders({
    contenders: names.map((name) => ({ name, command: nodeCommand(file, name, model.path, values.repeats, ...paths) })),
    rounds,
    schema: facesSchema,
    oneCore: true,
  });
  const own = summarize(outcomes.get('attune')!);
  if (typeof own === 'string') throw new Error(`Attune ${own}`);
  const persons = photos.reduce((sum, photo) => sum + photo.persons, 0);
  const rows: (string | number)[][] = [];
  const skipped: string[] = [];
  for (const [name, outcome] of outcomes) {
    const summary = summarize(outcome);
    if (typeof summary === 'string') skipped.push(`${name} is left out: ${summary}`);
    else
      rows.push([
        `${name} ${summary.version}`,
        milliseconds(summary.find),
        milliseconds(summary.read),
        ratio(summary.read / own.read),
        milliseconds(summary.processor),
        ratio(summary.processor / own.processor),
        summary.faces.reduce((sum, count) => sum + count, 0),
        summary.faces.filter((count) => count === 0).length,
        summary.backend,
      ]);
  }
  printTable({
    title: `Decoded ${WIDTH} px photo -> the emotions of all its faces (detector and emotion model only), warm, ${photos.length} photos with ${persons} persons`,
    columns: [
      'contender',
      'find p50 ms',
      'find and read p50 ms',
      'ratio',
      'processor p50 ms',
      'ratio',
      'faces',
      'photos without',
      'backend',
    ],
    rows,
    notes: [
      ...skipped,
      'Ratio: of the contender to Attune; above 1, Attune is faster. Times depend on how many faces were found.',
      ...notes,
      describeLoad(),
    ],
  });
}

/** Medians over all photos and rounds; the reason where the contender was skipped. */
function summarize(outcome: Outcome<z.output<typeof facesSchema>>) {
  if (outcome.kind === 'skipped') return outcome.reason;
  const { version, backend, photos: seen } = outcome.rounds[0]!;
  const all = outcome.rounds.flatMap((round) => round.photos);
  return {
    version,
    backend,
    find: median(all.flatMap(({ find }) => find.map(({ clock }) => clock))),
    read: median(all.flatMap(({ read }) => read.map(({ clock }) => clock))),
    processor: median(all.flatMap(({ read }) => read.map(({ processor }) => processor))),
    faces: seen.map(({ emotions }) => emotions.length),
  };
}
