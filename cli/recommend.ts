/** `attune recommend`: a playlist for a face, or for a mood picked by hand. */
import { type Command, Option } from 'commander';
import type { KeptSongs } from '../server/own-catalogue.ts';
import { EMOTIONS, type Emotion, type EmotionScores, isEmotion } from '../src/base/emotions.ts';
import { AttuneError, InvalidInputError, NoAnswerError } from '../src/base/errors.ts';
import { mergeCatalogues } from '../src/music/catalogue.ts';
import { GOALS, type Goal } from '../src/music/mood-target.ts';
import { formatPlaylist, PLAYLIST_FORMATS, type PlaylistFormat, youtubeLink } from '../src/music/playlist.ts';
import type { RankedSong, Recommendation } from '../src/music/recommend.ts';
import { UsageError } from './failure.ts';
import { openLink } from './open-link.ts';
import {
  checkJsonTarget,
  createProgress,
  cutAndPad,
  isScreen,
  JSON_FLAG,
  JSON_HELP,
  type JsonTarget,
  percent,
  print,
  screenColumns,
  textWidth,
  writeJson,
} from './output.ts';

interface RecommendOptions {
  readonly mood?: string;
  readonly goal?: Goal;
  readonly method: 'default' | 'paper';
  readonly count: number;
  readonly format: 'text' | 'json' | PlaylistFormat;
  readonly library?: string;
  readonly extend?: boolean;
  readonly model?: string;
  readonly open?: boolean;
  readonly json?: JsonTarget;
}

/** How the mood was found: what `--json` shows of it, and the sentence that text shows. */
interface Mood {
  readonly emotion: Emotion;
  readonly scores: EmotionScores;
  readonly certain: boolean;
  readonly faces: readonly object[];
  readonly sentence: string;
}

const parseCount = (text: string): number => {
  const count = Number(text);
  if (text.trim() !== '' && Number.isInteger(count) && count >= 1) return count;
  throw new UsageError(`--count takes a whole number from 1, not "${text}".`);
};

const moodByHand = (name: string): Mood => {
  const emotion = name.toLowerCase();
  if (!isEmotion(emotion))
    throw new InvalidInputError('mood/unknown', `"${name}" is no mood: choose ${EMOTIONS.join(', ')}.`);
  const scores = Object.fromEntries(EMOTIONS.map((each) => [each, each === emotion ? 1 : 0])) as Record<
    Emotion,
    number
  >;
  return { emotion, scores, certain: true, faces: [], sentence: `Mood: ${emotion}, picked by hand.` };
};

/** @throws {NoAnswerError} `mood/unsure`: the face or voice that decides is below its model's threshold. */
const moodOfFile = async (file: string, model: string | undefined): Promise<Mood> => {
  const { loadFaceModels } = await import('../node/face-models.ts');
  const { loadVoiceModel } = await import('../node/sound-models.ts');
  const { faceJson, twoLikeliest } = await import('./read-file.ts');
  const { readMoodInFile } = await import('./read-mood.ts');
  const progress = createProgress();
  try {
    const models = {
      openFaces: () => loadFaceModels(model === undefined ? {} : { expression: model }),
      openVoice: () => loadVoiceModel(),
    };
    const { faces, mood } = await readMoodInFile(file, models, (text) => progress.say(`Reading ${text}`));
    const { emotion, scores, certain, sources } = mood;
    if (!certain)
      throw new NoAnswerError(
        'mood/unsure',
        `Not sure: ${twoLikeliest(mood)}, and below its threshold Attune does not guess. ` +
          `Give another photo or recording, or pick the mood by hand: "attune recommend --mood ${emotion}".`,
      );
    const others = faces.length > 1 ? `, the largest of ${faces.length} faces` : '';
    const voices = sources.includes('voice') ? `, by ${sources.join(' and ')}` : '';
    const sentence = `Mood: ${emotion} (${percent(scores[emotion])})${others}${voices}.`;
    return { emotion, scores, certain, faces: faces.map(faceJson), sentence };
  } finally {
    progress.clear();
  }
};

const songJson = ({ song, score, why }: RankedSong) => ({
  title: song.title,
  artist: song.artist,
  score,
  why,
  link: youtubeLink(song),
});

/** As many of the words as fit the columns. */
const listWords = (words: readonly string[], columns: number): string =>
  words.reduce((list, word) => {
    const longer = list === '' ? word : `${list}, ${word}`;
    return textWidth(longer) <= columns ? longer : list;
  }, '');

/** On a terminal a line a song that fits its width; in a pipe the whole of each, with its link. */
const describe = (mood: Mood, { goal, songs }: Recommendation): string => {
  const columns = screenColumns();
  const numberColumns = String(songs.length).length;
  const names = songs.map(({ song }) => `${song.title} - ${song.artist}`);
  const room = columns - numberColumns - 4;
  const nameColumns = Math.min(Math.floor(room * 0.62), Math.max(...names.map(textWidth)));
  const lines = songs.map(({ song, why }, index) => {
    const number = String(index + 1).padStart(numberColumns);
    const name = names[index] ?? '';
    if (!Number.isFinite(columns)) return `${number}  ${name}  (${why.join(', ')})  ${youtubeLink(song)}`;
    return `${number}  ${cutAndPad(name, nameColumns)}  ${listWords(why, room - nameColumns)}`;
  });
  return [`${mood.sentence} Goal: ${goal}.`, ...lines].join('\n');
};

/** Songs and choices that are kept, where anything is; a store that cannot be opened costs a line, not the playlist. */
const readKept = async (): Promise<KeptSongs | undefined> => {
  const { hasStore, storeOptions } = await import('../server/store/data-folder.ts');
  const options = storeOptions();
  if (!hasStore(options)) return undefined;
  const { readKeptSongs } = await import('../server/own-catalogue.ts');
  try {
    return await readKeptSongs(options);
  } catch (error) {
    if (!(error instanceof AttuneError)) throw error;
    process.stderr.write(`attune: Your own songs are left out: ${error.message}\n`);
    return undefined;
  }
};

const recommendSongs = async (file: string | undefined, options: RecommendOptions): Promise<void> => {
  const { mood: name, goal, method, count, library, extend, model, json } = options;
  if ((file === undefined) === (name === undefined))
    throw new UsageError(
      name === undefined
        ? 'Give a photo or video, or pick a mood with --mood.'
        : `Give either a file or --mood, not both ("${file}" and --mood ${name}).`,
    );
  if (extend && library === undefined) throw new UsageError('--extend needs --library FILE.csv.');
  checkJsonTarget(json);
  const { loadCatalogue } = await import('../node/catalogue.ts');
  const { recommend } = await import('../src/music/recommend.ts');
  const { recommendPersonally } = await import('../src/music/personal.ts');
  const { chooseCatalogue, usableProfile } = await import('../server/own-catalogue.ts');
  const mood = name === undefined ? await moodOfFile(file as string, model) : moodByHand(name);
  const kept = library === undefined ? await readKept() : undefined;
  const catalogue =
    library !== undefined && extend
      ? mergeCatalogues(await loadCatalogue(), await loadCatalogue(library))
      : chooseCatalogue('all', await loadCatalogue(library), kept?.songs);
  const wanted = {
    catalogue,
    profile: kept ? usableProfile(kept.typical, catalogue) : {},
    count,
    ...(goal === undefined ? {} : { goal }),
  };
  const personal = method === 'default' ? recommendPersonally({ mood: mood.scores, ...wanted }) : undefined;
  const recommendation = personal ?? recommend({ mood: mood.emotion, ...wanted });
  const songs = recommendation.songs.map(({ song }) => song);
  const format = isScreen(json) ? 'json' : options.format;
  const asJson = {
    mood: { emotion: mood.emotion, scores: mood.scores, certain: mood.certain },
    faces: mood.faces,
    goal: recommendation.goal,
    method,
    songs: recommendation.songs.map(songJson),
    ...(personal ? { path: personal.path } : {}),
  };
  if (json !== undefined && !isScreen(json)) writeJson(asJson, json);
  if (format === 'json') writeJson(asJson, true);
  else if (format === 'text') print(describe(mood, recommendation));
  else process.stdout.write(formatPlaylist(songs, format));
  const [first] = songs;
  if (options.open && first !== undefined) openLink(youtubeLink(first));
};

export const addRecommend = (program: Command): void => {
  program
    .command('recommend')
    .description('build a playlist for a face, or for a mood you name')
    .argument('[FILE]', 'a photo, GIF, video or sound; with several faces the largest decides')
    .option('--mood <NAME>', `a mood picked by hand instead: ${EMOTIONS.join(', ')}`)
    .addOption(
      new Option(
        '--goal <GOAL>',
        'meet the mood, lift it or calm it (default: lift for angry, disgust, fear and sad)',
      ).choices(GOALS),
    )
    .addOption(
      new Option('--method <METHOD>', "how songs are chosen: the better way, or the paper's cosine")
        .choices(['default', 'paper'])
        .default('default'),
    )
    .option('--count <N>', 'how many songs', parseCount, 20)
    .addOption(
      new Option('--format <FORMAT>', 'what to print').choices(['text', 'json', ...PLAYLIST_FORMATS]).default('text'),
    )
    .option('--library <FILE>', 'your own songs (CSV) instead of the starter catalogue')
    .option('--extend', 'with --library: your own songs beside the starter catalogue')
    .option('--model <FILE>', 'another expression model (.onnx)')
    .option('--open', 'open the first song on YouTube')
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
Examples:
  attune recommend me.jpg
  attune recommend me.jpg --goal calm --count 10
  attune recommend --mood happy --format m3u8 > happy.m3u8
  attune recommend clip.mp4 --json | jq -r '.songs[].link'
  attune recommend me.jpg --library my-songs.csv --extend`,
    )
    .action(recommendSongs);
};
