/** `attune read`: what every face in photos and videos seems to feel. */
import type { Command } from 'commander';
import { EMOTIONS, rankEmotions } from '../src/base/emotions.ts';
import type { FaceModels } from '../src/face/read.ts';
import { describeFailure, type Failure, reportFailure } from './failure.ts';
import {
  checkJsonTarget,
  createProgress,
  cutTo,
  isScreen,
  JSON_FLAG,
  JSON_HELP,
  type JsonTarget,
  percent,
  print,
  screenColumns,
  writeJson,
} from './output.ts';
import type { FileReading } from './read-file.ts';

interface ReadOptions {
  readonly json?: JsonTarget;
  readonly model?: string;
}

const BAR_COLUMNS = 30;

const bar = (fraction: number): string => '█'.repeat(Math.round(fraction * BAR_COLUMNS)).padEnd(BAR_COLUMNS, '·');

/** Faces that are listed one by one; a crowd is counted. */
const MAX_LISTED_FACES = 10;

const describe = (reading: FileReading, twoLikeliest: (face: FileReading['faces'][number]) => string): string => {
  const { file, kind, faces, frames } = reading;
  const [first, ...others] = faces;
  if (first === undefined) return '';
  const verdict = (face: typeof first): string =>
    face.certain ? `${face.emotion} (${percent(face.scores[face.emotion])})` : `not sure: ${twoLikeliest(face)}`;
  const place = ({ face: { box } }: typeof first): string =>
    `${Math.round(box.width)} x ${Math.round(box.height)} px at (${Math.round(box.x)}, ${Math.round(box.y)})`;
  const doubts = ({ quality }: typeof first): string => (quality.length > 0 ? `; ${quality.join(', ')}` : '');
  const counted = `${faces.length === 1 ? '1 face' : `${faces.length} faces`}${kind === 'photo' ? '' : `, ${frames} frames`}`;
  const columns = screenColumns();
  return [
    `${file}: ${verdict(first)}`,
    ...rankEmotions(first.scores).map(
      (emotion) =>
        `  ${emotion.padEnd(8)}  ${bar(first.scores[emotion])} ${percent(first.scores[emotion]).padStart(5)}`,
    ),
    `  ${counted}; ${faces.length > 1 ? 'the largest: ' : ''}${place(first)}${doubts(first)}`,
    ...others
      .slice(0, MAX_LISTED_FACES - 1)
      .map((face, index) => `  face ${index + 2}: ${verdict(face)}; ${place(face)}${doubts(face)}`),
    ...(faces.length > MAX_LISTED_FACES
      ? [`  and ${faces.length - MAX_LISTED_FACES} more (--json lists them all)`]
      : []),
  ]
    .map((line) => cutTo(line, columns))
    .join('\n');
};

const read = async (files: readonly string[], { json, model }: ReadOptions): Promise<void> => {
  checkJsonTarget(json);
  // Loaded only now: help and usage errors need none of it.
  const { loadFaceModels } = await import('../node/face-models.ts');
  const { faceJson, moodJson, readFacesInFile, twoLikeliest } = await import('./read-file.ts');
  const progress = createProgress();
  let opened: Promise<FaceModels> | undefined;
  const openModels = (): Promise<FaceModels> => {
    opened ??= loadFaceModels(model === undefined ? {} : { expression: model });
    return opened;
  };
  const entries: object[] = [];
  const failures: Failure[] = [];
  for (const file of files) {
    try {
      const reading = await readFacesInFile(file, openModels, (text) => progress.say(`Reading ${text}`));
      progress.clear();
      const [first] = reading.faces;
      if (first === undefined) continue;
      const { kind, frames, faces } = reading;
      entries.push({ file, kind, frames, mood: moodJson(first), faces: faces.map(faceJson) });
      if (!isScreen(json)) print(describe(reading, twoLikeliest));
    } catch (error) {
      progress.clear();
      const failure = describeFailure(error);
      // What is wrong with the model is wrong for every file.
      if (failure.code.startsWith('model/')) throw error;
      const isNamed = files.length === 1 || failure.message.includes(file);
      const message = isNamed ? failure.message : `${file}: ${failure.message}`;
      failures.push(failure);
      reportFailure({ ...failure, message }, json !== undefined);
      entries.push({ file, error: { code: failure.code, message: failure.message } });
    }
  }
  if (json !== undefined && failures.length < files.length) writeJson({ files: entries }, json);
  if (failures.length > 0) process.exitCode = Math.max(...failures.map(({ exitCode }) => exitCode));
};

export const addRead = (program: Command): void => {
  program
    .command('read')
    .description('tell what every face in photos, GIFs and videos seems to feel')
    .argument('<FILE...>', 'photos (JPEG, PNG, WebP, AVIF, GIF, TIFF) or videos (through ffmpeg)')
    .option('--model <FILE>', 'another expression model (.onnx)')
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
The seven emotions: ${EMOTIONS.join(', ')}.

Examples:
  attune read me.jpg
  attune read holiday/*.jpg --json readings.json
  attune read clip.mp4 --json | jq '.files[].mood.emotion'`,
    )
    .action(read);
};
