/** `attune read`: what every face in photos and videos, and the voice in sounds and videos, seems to feel. */
import type { Command } from 'commander';
import type { VoiceModel } from '../src/audio/voice-mood.ts';
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
import type { MoodReading } from './read-mood.ts';

interface ReadOptions {
  readonly json?: JsonTarget;
  readonly model?: string;
}

const BAR_COLUMNS = 30;

const bar = (fraction: number): string => '█'.repeat(Math.round(fraction * BAR_COLUMNS)).padEnd(BAR_COLUMNS, '·');

/** Faces that are listed one by one; a crowd is counted. */
const MAX_LISTED_FACES = 10;

type TwoLikeliest = (reading: Pick<MoodReading['mood'], 'scores'>) => string;

const describe = (reading: MoodReading, twoLikeliest: TwoLikeliest): string => {
  const { file, kind, faces, frames } = reading;
  const [first, ...others] = faces;
  if (first === undefined) return describeVoice(reading, twoLikeliest);
  const verdict = (face: typeof first): string =>
    face.certain ? `${face.emotion} (${percent(face.scores[face.emotion])})` : `not sure: ${twoLikeliest(face)}`;
  const place = ({ face: { box } }: typeof first): string =>
    `${Math.round(box.width)} x ${Math.round(box.height)} px at (${Math.round(box.x)}, ${Math.round(box.y)})`;
  const doubts = ({ quality }: typeof first): string => (quality.length > 0 ? `; ${quality.join(', ')}` : '');
  const counted = `${faces.length === 1 ? '1 face' : `${faces.length} faces`}${kind === 'photo' ? '' : `, ${frames} frames`}`;
  const columns = screenColumns();
  const { voice, mood } = reading;
  const joint = mood.sources.length > 1 ? 'face and voice' : mood.sources[0];
  return [
    ...(voice
      ? [
          `${file}: ${mood.certain ? `${mood.emotion} (${percent(mood.scores[mood.emotion])})` : `not sure: ${twoLikeliest(mood)}`}, by ${joint}`,
          `  voice: ${voice.certain ? `${voice.emotion} (${percent(voice.scores[voice.emotion])})` : `not sure: ${twoLikeliest(voice)}`}`,
        ]
      : []),
    `${voice ? '  face' : file}: ${verdict(first)}`,
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

/** A sound has no face; nor has a video in which only a voice was found. */
const describeVoice = ({ file, voice }: MoodReading, twoLikeliest: TwoLikeliest): string => {
  if (!voice) return '';
  const { scores, emotion, certain, voicedSeconds } = voice;
  return [
    `${file}: ${certain ? `${emotion} (${percent(scores[emotion])})` : `not sure: ${twoLikeliest(voice)}`}`,
    ...rankEmotions(scores).map(
      (name) => `  ${name.padEnd(8)}  ${bar(scores[name])} ${percent(scores[name]).padStart(5)}`,
    ),
    `  a voice, ${voicedSeconds.toFixed(1)} s of it`,
  ]
    .map((line) => cutTo(line, screenColumns()))
    .join('\n');
};

const read = async (files: readonly string[], { json, model }: ReadOptions): Promise<void> => {
  checkJsonTarget(json);
  // Loaded only now: help and usage errors need none of it.
  const { loadFaceModels } = await import('../node/face-models.ts');
  const { loadVoiceModel } = await import('../node/sound-models.ts');
  const { faceJson, twoLikeliest } = await import('./read-file.ts');
  const { readMoodInFile } = await import('./read-mood.ts');
  const progress = createProgress();
  let opened: Promise<FaceModels> | undefined;
  const openModels = (): Promise<FaceModels> => {
    opened ??= loadFaceModels(model === undefined ? {} : { expression: model });
    return opened;
  };
  let openedVoice: Promise<VoiceModel> | undefined;
  const openVoice = (): Promise<VoiceModel> => {
    openedVoice ??= loadVoiceModel();
    return openedVoice;
  };
  const entries: object[] = [];
  const failures: Failure[] = [];
  for (const file of files) {
    try {
      const models = { openFaces: openModels, openVoice };
      const reading = await readMoodInFile(file, models, (text) => progress.say(`Reading ${text}`));
      progress.clear();
      const { kind, frames, faces, voice, mood } = reading;
      entries.push({ file, kind, frames, mood, faces: faces.map(faceJson), ...(voice && { voice }) });
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
    .description('tell what every face in photos and videos, and the voice in sounds, seems to feel')
    .argument('<FILE...>', 'photos (JPEG, PNG, WebP, AVIF, GIF, TIFF) videos (through ffmpeg), or sounds')
    .option('--model <FILE>', 'another expression model (.onnx)')
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
The seven emotions: ${EMOTIONS.join(', ')}.

Examples:
  attune read me.jpg
  attune read holiday/*.jpg --json readings.json
  attune read message.wav
  attune read clip.mp4 --json | jq '.files[].mood.emotion'`,
    )
    .action(read);
};
