/** What a genre model says of tracks: its answers, both halves added up, the shipped file asked. */
import { openSession } from '../node/open-session.ts';
import { SONG_DIMS, SONG_SETTINGS } from '../src/audio/song-sound.ts';
import { openSoundModel } from '../src/audio/sound-model.ts';
import { InvalidInputError } from '../src/base/errors.ts';
import { tensor } from '../src/graph/session.ts';
import { EMOTIFY_GENRES } from './datasets/emotify.ts';
import { SHIPPED_ROW } from './recipes/genre.ts';
import type { LabelledTrack } from './song-tracks.ts';
import { askSlices, judgeTrack, type TrackAnswer } from './train-genre.ts';
import { statisticsOf } from './train-song-mood.ts';

/** A track's answer and where it stands. */
export interface Answered extends TrackAnswer {
  readonly index: number;
}

export interface Answers {
  readonly tracks: readonly Answered[];
  readonly parameters: number | null;
  readonly trainingSeconds: number | null;
}

export const answerOf = (index: number, probabilities: readonly number[]): Answered => ({
  index,
  probabilities,
  said: probabilities.indexOf(Math.max(...probabilities)),
  slices: [],
});

/** Both halves of the shipped model, added up. */
export const joinHalves = (net: Answers, statistics: Answers): Answers => {
  const second = new Map(statistics.tracks.map((answer) => [answer.index, answer.probabilities]));
  const tracks = net.tracks.flatMap((answer) => {
    const other = second.get(answer.index);
    if (!other) return [];
    const joint = answer.probabilities.map((value, k) => (value + other[k]!) / 2);
    return [{ ...answerOf(answer.index, joint), slices: answer.slices }];
  });
  return {
    tracks,
    parameters: net.parameters,
    trainingSeconds: (net.trainingSeconds ?? 0) + (statistics.trainingSeconds ?? 0),
  };
};

export const joinAnswers = (parts: readonly Answers[]): Answers => ({
  tracks: parts.flatMap(({ tracks }) => tracks),
  parameters: parts[0]?.parameters ?? null,
  trainingSeconds: parts.reduce((sum, { trainingSeconds }) => sum + (trainingSeconds ?? 0), 0),
});

/** The second half must take the same spectrograms and come from the same run. */
const checkHalves = (first: Readonly<Record<string, string>>, second: Readonly<Record<string, string>>): void => {
  if (second['attune.mel'] !== SONG_SETTINGS)
    throw new InvalidInputError(
      'audio/other-settings',
      `The half of the genre model that reads statistics was trained on spectrograms with ${second['attune.mel'] ?? 'unknown settings'}, but would be given ${SONG_SETTINGS}: train it again.`,
    );
  if (second['attune.task'] !== 'genre-statistics' || second['attune.version'] !== first['attune.version'])
    throw new InvalidInputError(
      'model/labels',
      `The two halves of the genre model do not belong together ("${first['attune.version']}" and "${second['attune.version']}"): take both from the same run.`,
    );
};

export const askGenreModel = async (
  bytes: Uint8Array,
  statisticsBytes: Uint8Array | undefined,
  tracks: readonly LabelledTrack[],
  asked: readonly number[],
) => {
  const model = await openSoundModel(bytes, openSession, {
    task: 'genre',
    inputDims: SONG_DIMS,
    settings: SONG_SETTINGS,
  });
  const second = statisticsBytes && (await openSession(statisticsBytes));
  try {
    if (second) checkHalves(model.session.metadata, second.metadata);
    if (model.labels.join(',') !== EMOTIFY_GENRES.join(','))
      throw new InvalidInputError(
        'model/labels',
        `This model's genres are "${model.labels}", expected "${EMOTIFY_GENRES}".`,
      );
    const chosen = asked.map((i) => tracks[i]!);
    const logits = await askSlices(model.session, chosen);
    const { metadata } = model.session;
    const parameters = Number(metadata['attune.parameters']) || null;
    const net: Answers = {
      tracks: asked.map((index, i) => ({ index, ...judgeTrack(logits[i]!, model.labels.length) })),
      parameters,
      trainingSeconds: null,
    };
    if (!second)
      return {
        answers: net,
        version: model.version,
        row: metadata['attune.recipe'] ?? 'genre-rglu-joined',
        parameters,
      };
    const answers: Answered[] = [];
    for (const [i, track] of chosen.entries()) {
      const row = statisticsOf([track])[0]!;
      const said = await second.run({ statistics: tensor(row, [1, row.length]) });
      answers.push(answerOf(asked[i]!, Array.from(said.answers!.data)));
    }
    const joint = joinHalves(net, { tracks: answers, parameters: null, trainingSeconds: null });
    return { answers: { ...joint, trainingSeconds: null }, version: model.version, row: SHIPPED_ROW, parameters };
  } finally {
    await model.session.release();
    await second?.release();
  }
};
