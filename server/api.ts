/** The contract between the server and everything that talks to it: every path, what it takes and what it answers. */
import { z } from 'zod';
import { SOURCE_NAMES } from '../node/crawl/source-names.ts';
import { SONG_FIELDS } from '../node/import/song-record.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { EVIDENCE_SOURCES } from '../src/music/library-song.ts';
import { GOALS } from '../src/music/mood-target.ts';
import { PLAYLIST_FORMATS } from '../src/music/playlist.ts';
import { JOB_KINDS, JOB_STATES } from './jobs/jobs.ts';
import { FEEDBACK_KINDS, READING_SOURCES, SONG_ORDERS } from './store/store.ts';

/** Every path below lies under it. */
export const API_PREFIX = '/api/v1';

const emotion = z.enum(EMOTIONS);
const goal = z.enum(GOALS as readonly ['match', 'lift', 'calm']);
const share = z.number().min(0).max(1e6);
const scores = z.strictObject({
  angry: share,
  disgust: share,
  fear: share,
  happy: share,
  sad: share,
  surprise: share,
  neutral: share,
});
const songIdText = z.string().min(1).max(2000);
const moment = z.iso.datetime({ offset: true });

const evidence = z.object({
  source: z.enum(EVIDENCE_SOURCES),
  scores,
  confidence: z.number().min(0).max(1),
  version: z.string().max(200),
});
const facts = {
  id: songIdText,
  title: z.string().min(1).max(2000),
  artist: z.string().min(1).max(2000),
  year: z.int().min(1000).max(2100).optional(),
  language: z.string().max(20).default(''),
  emotion,
  tags: z.array(z.string().max(200)).max(1000).default([]),
  typical: z.boolean().default(false),
};
const songDetails = {
  album: z.string().max(2000).optional(),
  durationSeconds: z.number().min(0).optional(),
  lyrics: z.string().max(200_000).optional(),
  path: z.string().max(2000).optional(),
  url: z.string().max(2000).optional(),
  popularity: z.number().min(0).optional(),
  evidence: z.array(evidence).max(20).default([]),
};
const fileState = z.object({ size: z.number().min(0), modified: z.number(), analysisVersion: z.string().max(500) });
export const newSong = z.object({ ...facts, ...songDetails, file: fileState.optional() });
const song = z.object(facts);
const storedSong = z.object({
  ...facts,
  ...songDetails,
  scores: scores.optional(),
  confidence: z.number(),
  addedAt: z.string(),
});
const songFile = z.object({ path: z.string(), songId: z.string(), ...fileState.shape });
const soundVector = z.object({
  songId: songIdText,
  model: z.string().min(1).max(200),
  vector: z.array(z.number()).min(1).max(16_000),
});

const nearSong = z.object({ song: storedSong, similarity: z.number().describe('Cosine, -1 to 1.') });

const contact = z.string().max(200).optional().describe('An e-mail address or page, told to services that ask.');
const jobId = z.string().min(1).max(100);
const job = z.object({
  id: jobId,
  kind: z.enum(JOB_KINDS),
  input: z.record(z.string(), z.unknown()).describe('What it was asked for: the source, for example.'),
  state: z.enum(JOB_STATES),
  done: z.number().optional(),
  total: z.number().optional().describe('Absent while nobody knows.'),
  message: z.string().optional(),
  problems: z
    .array(z.object({ source: z.string(), place: z.string().optional(), code: z.string(), message: z.string() }))
    .describe('The first of them.'),
  problemCount: z.number(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  tries: z.number(),
  createdAt: z.string(),
  endedAt: z.string().optional(),
});

const filter = {
  emotion: emotion.optional(),
  tag: z.string().max(200).optional(),
  language: z.string().max(20).optional(),
  text: z.string().max(200).optional().describe('Part of title, artist or album, in any case.'),
  having: z.enum(['lyrics', 'file']).optional(),
  lackingSource: z.enum(EVIDENCE_SOURCES).optional(),
  lackingVersion: z.string().max(200).optional(),
};
const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.coerce.number().int().optional().describe('The id of the last entry of the page before.'),
});
const newReading = z.object({
  source: z.enum(READING_SOURCES),
  emotion,
  scores,
  certain: z.boolean(),
  goal: goal.optional(),
  at: moment.optional(),
});
const newFeedback = z.object({
  songId: songIdText,
  kind: z.enum(FEEDBACK_KINDS),
  mood: emotion.optional(),
  goal: goal.optional(),
  at: moment.optional(),
});
const id = z.object({ id: songIdText });
const facet = z.object({ name: z.string(), count: z.number() });
const count = z.object({ count: z.number() });

const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const face = z.object({
  box: box.describe('px of the picture, upright.'),
  score: z.number(),
  emotion,
  certain: z.boolean().describe('False: "not sure"; ask the person.'),
  scores,
  quality: z.array(z.string()),
  frames: z.number().optional().describe('Of a video or animation: in how many of its frames this face was seen.'),
});
const voice = z.object({
  emotion,
  certain: z.boolean().describe('False: "not sure"; ask the person.'),
  scores,
  voicedSeconds: z.number().describe('So long somebody speaks.'),
});
const mood = z.object({
  emotion,
  scores,
  certain: z.boolean(),
  sources: z
    .array(z.enum(['face', 'voice']))
    .describe('Who was heard: one that is not sure is not, beside one that is.'),
});
const reading = z.object({
  kind: z.enum(['photo', 'animation', 'video']),
  frames: z.number(),
  mood: mood.describe('Of the face that decides, the first; in a video joined with the voice.'),
  faces: z.array(face),
  voice: voice.optional().describe('Of a video in which somebody speaks.'),
});
const voiceReading = z.object({ kind: z.literal('sound'), mood, voice });

const moodPoint = z.object({ valence: z.number(), arousal: z.number() });

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `API_PREFIX`, parameters in braces. */
  readonly path: string;
  readonly group: 'Readings' | 'Music' | 'Songs' | 'Jobs' | 'Listener' | 'Data' | 'Server';
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** 'file': multipart/form-data with one part `file`. 'lines': JSON, one a line. */
  readonly body?: z.ZodType | 'file' | { readonly lines: z.ZodType };
  /** 'none': 204. */
  readonly answer: z.ZodType | 'none' | { readonly lines: z.ZodType };
  /** Only for programs on this machine, wherever else the server may be reached from. */
  readonly localOnly?: boolean;
  /** The codes of problems this path may answer with, besides those any may. */
  readonly problems?: readonly string[];
}

const route = <const Given extends Route>(given: Given): Given => given;
const UPLOAD_PROBLEMS = [
  'upload/too-large',
  'upload/slow',
  'upload/aborted',
  'upload/no-file',
  'server/busy',
  'face/none',
];

export const ROUTES = {
  health: route({
    method: 'GET',
    path: '/health',
    group: 'Server',
    summary: 'Whether the server runs, and what it can serve',
    answer: z.object({
      status: z.literal('ok'),
      version: z.string(),
      files: z.object({
        page: z.boolean(),
        faceDetector: z.boolean(),
        expressionModel: z.boolean(),
        catalogue: z.boolean(),
      }),
      store: z
        .enum(['none', 'empty', 'closed', 'open'])
        .describe('empty: nothing was ever kept. closed: opened when something first asks for it.'),
      here: z.boolean().describe('Whether who asks is on the server’s machine, and may do what only they may.'),
    }),
  }),
  readPhoto: route({
    method: 'POST',
    path: '/readings/photo',
    group: 'Readings',
    summary: 'What every face in a photo or animation seems to feel; the upload is not kept',
    body: 'file',
    answer: reading,
    problems: [...UPLOAD_PROBLEMS, 'photo/unreadable', 'photo/too-large', 'photo/heic', 'upload/kind'],
  }),
  readVideo: route({
    method: 'POST',
    path: '/readings/video',
    group: 'Readings',
    summary: 'What every face in a video seems to feel, joined with its voice (needs ffmpeg); the upload is not kept',
    body: 'file',
    answer: reading,
    problems: [
      ...UPLOAD_PROBLEMS,
      'video/unreadable',
      'video/no-picture',
      'video/no-ffmpeg',
      'video/empty',
      'upload/kind',
    ],
  }),
  readVoice: route({
    method: 'POST',
    path: '/readings/voice',
    group: 'Readings',
    summary: 'What the voice in a recording seems to feel, its first two minutes; the upload is not kept',
    body: 'file',
    answer: voiceReading,
    problems: [
      ...UPLOAD_PROBLEMS.filter((code) => code !== 'face/none'),
      'audio/no-voice',
      'audio/unreadable',
      'audio/no-sound',
      'audio/too-short',
      'audio/no-ffmpeg',
      'model/missing',
      'upload/kind',
    ],
  }),
  recommend: route({
    method: 'POST',
    path: '/recommendations',
    group: 'Music',
    summary: 'A playlist for a mood, from the catalogue and the listener’s own songs',
    query: z.object({ format: z.enum(['json', ...PLAYLIST_FORMATS]).default('json') }),
    body: z.strictObject({
      mood: z.union([emotion, scores]),
      goal: goal.optional(),
      method: z.enum(['default', 'paper']).default('default').describe('paper: the published cosine over tag counts.'),
      count: z.int().min(1).max(1000).default(20),
      songs: z.enum(['all', 'own', 'catalogue']).default('all').describe('Which songs to choose from.'),
      heard: z.array(songIdText).max(10_000).default([]).describe('Ids of songs not to play again.'),
    }),
    answer: z.object({
      mood: emotion,
      goal,
      method: z.enum(['default', 'paper']),
      path: z
        .object({
          from: moodPoint,
          to: moodPoint,
          wanted: z.array(moodPoint),
          songs: z.array(moodPoint),
          quality: z.object({ largestStep: z.number(), monotoneShare: z.number(), endError: z.number() }),
        })
        .optional()
        .describe('Of the default method: the way on the plane of pleasure and arousal, wanted and taken.'),
      songs: z.array(z.object({ song, score: z.number(), why: z.array(z.string()), link: z.string() })),
    }),
    problems: ['music/none-left', 'music/no-typical', 'music/profile'],
  }),
  listSongs: route({
    method: 'GET',
    path: '/songs',
    group: 'Songs',
    summary: 'The listener’s own songs, page by page',
    query: z.object({
      ...filter,
      order: z.enum(SONG_ORDERS).default('title'),
      limit: z.coerce.number().int().min(1).max(1000).default(50),
      cursor: z.string().max(4000).optional().describe('`next` of the page before.'),
      offset: z.coerce.number().int().min(0).max(1e9).default(0).describe('How many songs to pass over.'),
      lyrics: z.enum(['yes', 'no']).default('yes').describe('no: leaves them out.'),
    }),
    answer: z.object({ songs: z.array(storedSong), next: z.string().optional() }),
    problems: ['store/cursor'],
  }),
  countSongs: route({
    method: 'GET',
    path: '/songs/counts',
    group: 'Songs',
    summary: 'How many of the listener’s own songs there are, in all and of each emotion',
    query: z.object(filter),
    answer: z.object({ total: z.number(), byEmotion: z.record(emotion, z.number()) }),
  }),
  songFacets: route({
    method: 'GET',
    path: '/songs/facets',
    group: 'Songs',
    summary: 'The most frequent tags of the listener’s own songs, and their languages',
    answer: z.object({ tags: z.array(facet), languages: z.array(facet) }),
  }),
  songFacts: route({
    method: 'GET',
    path: '/songs/facts',
    group: 'Songs',
    summary: 'All of the listener’s own songs, without lyrics and evidence, one a line',
    answer: { lines: song },
  }),
  songsRevision: route({
    method: 'GET',
    path: '/songs/revision',
    group: 'Songs',
    summary: 'A word that differs whenever songs were added, changed or removed',
    answer: z.object({ revision: z.string() }),
  }),
  importSongs: route({
    method: 'POST',
    path: '/songs',
    group: 'Songs',
    summary: 'Adds songs, or what is new about songs already there',
    body: { lines: newSong },
    answer: z.object({ added: z.number(), updated: z.number() }),
    localOnly: true,
    problems: ['store/song', 'music/evidence', 'api/line'],
  }),
  removeSongs: route({
    method: 'POST',
    path: '/songs/removals',
    group: 'Songs',
    summary: 'Removes songs with all that belongs to them',
    body: z.strictObject({ ids: z.array(songIdText).max(1000) }),
    answer: count,
    localOnly: true,
  }),
  getSong: route({
    method: 'GET',
    path: '/songs/{id}',
    group: 'Songs',
    summary: 'One song with all that is known of it',
    params: id,
    answer: storedSong,
    problems: ['store/no-song'],
  }),
  correctSong: route({
    method: 'PUT',
    path: '/songs/{id}/emotion',
    group: 'Songs',
    summary: 'Corrects a song’s emotion by hand; this wins for ever',
    params: id,
    body: z.union([z.strictObject({ emotion }), z.strictObject({ scores })]),
    answer: storedSong,
    problems: ['store/no-song'],
  }),
  uncorrectSong: route({
    method: 'DELETE',
    path: '/songs/{id}/emotion',
    group: 'Songs',
    summary: 'Takes a correction by hand back',
    params: id,
    answer: storedSong,
    problems: ['store/no-song'],
  }),
  putEvidence: route({
    method: 'PUT',
    path: '/songs/{id}/evidence',
    group: 'Songs',
    summary: 'What a source says about a song’s emotion',
    params: id,
    body: evidence,
    answer: storedSong,
    localOnly: true,
    problems: ['store/no-song', 'music/evidence'],
  }),
  removeEvidence: route({
    method: 'DELETE',
    path: '/songs/{id}/evidence/{source}',
    group: 'Songs',
    summary: 'Takes back what a source said',
    params: z.object({ id: songIdText, source: z.enum(EVIDENCE_SOURCES) }),
    answer: storedSong,
    localOnly: true,
    problems: ['store/no-song'],
  }),
  songFiles: route({
    method: 'GET',
    path: '/song-files',
    group: 'Songs',
    summary: 'Every file songs were read from, one a line',
    answer: { lines: songFile },
    localOnly: true,
  }),
  forgetFiles: route({
    method: 'POST',
    path: '/song-files/removals',
    group: 'Songs',
    summary: 'Forgets files that are gone; their songs stay',
    body: z.strictObject({ paths: z.array(z.string().max(2000)).max(1000) }),
    answer: count,
    localOnly: true,
  }),
  putVectors: route({
    method: 'POST',
    path: '/sound-vectors',
    group: 'Songs',
    summary: 'How songs sound, as vectors of a model',
    body: { lines: soundVector },
    answer: count,
    localOnly: true,
    problems: ['store/vector', 'store/no-song', 'api/line'],
  }),
  nearestSongs: route({
    method: 'POST',
    path: '/sound-vectors/nearest',
    group: 'Songs',
    summary: 'The songs that sound most like a vector',
    body: z.strictObject({
      model: z.string().min(1).max(200),
      vector: z.array(z.number()).min(1).max(16_000),
      limit: z.int().min(1).max(1000).default(20),
      emotion: emotion.optional(),
    }),
    answer: z.object({ songs: z.array(nearSong) }),
    problems: ['store/vector'],
  }),
  similarSongs: route({
    method: 'GET',
    path: '/songs/{id}/similar',
    group: 'Songs',
    summary: 'The songs that sound most like one of the listener’s own',
    params: id,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).default(20),
      emotion: emotion.optional(),
      model: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('Whose vectors to compare; left out, the one most songs have.'),
    }),
    answer: z.object({ model: z.string(), songs: z.array(nearSong) }),
    problems: ['store/no-song', 'store/no-vector'],
  }),
  typicalSongs: route({
    method: 'GET',
    path: '/typical-songs',
    group: 'Listener',
    summary: 'The songs the listener chose for emotions',
    answer: z.partialRecord(emotion, z.array(z.string())),
  }),
  setTypicalSongs: route({
    method: 'PUT',
    path: '/typical-songs/{emotion}',
    group: 'Listener',
    summary: 'Chooses three songs for an emotion, or none to go back to the catalogue’s',
    params: z.object({ emotion }),
    body: z.strictObject({ songIds: z.array(songIdText).max(3) }),
    answer: 'none',
    problems: ['store/typical'],
  }),
  addFeedback: route({
    method: 'POST',
    path: '/feedback',
    group: 'Listener',
    summary: 'Likes, skips or refuses a song, or tells that it was heard',
    body: newFeedback,
    answer: 'none',
  }),
  setFeedback: route({
    method: 'PUT',
    path: '/feedback/{id}',
    group: 'Listener',
    summary: 'All that is said about a song, in place of what was said before; none forgets it',
    params: id,
    body: z.strictObject({ feedback: z.array(newFeedback.omit({ songId: true })).max(200) }),
    answer: 'none',
    localOnly: true,
  }),
  listFeedback: route({
    method: 'GET',
    path: '/feedback',
    group: 'Listener',
    summary: 'What was said about songs, latest first',
    query: pageQuery,
    answer: z.object({ feedback: z.array(z.object({ ...newFeedback.shape, id: z.number(), at: z.string() })) }),
  }),
  addReading: route({
    method: 'POST',
    path: '/history',
    group: 'Listener',
    summary: 'Keeps a reading, if the setting history.keep is true',
    body: newReading,
    answer: z.object({ kept: z.boolean() }),
  }),
  listReadings: route({
    method: 'GET',
    path: '/history',
    group: 'Listener',
    summary: 'Readings kept, latest first',
    query: pageQuery,
    answer: z.object({ readings: z.array(z.object({ ...newReading.shape, id: z.number(), at: z.string() })) }),
    localOnly: true,
  }),
  removeReading: route({
    method: 'DELETE',
    path: '/history/{number}',
    group: 'Listener',
    summary: 'Forgets one reading',
    params: z.object({ number: z.coerce.number().int() }),
    answer: count,
    localOnly: true,
  }),
  removeReadings: route({
    method: 'DELETE',
    path: '/history',
    group: 'Listener',
    summary: 'Forgets all readings kept',
    answer: count,
    localOnly: true,
  }),
  settings: route({
    method: 'GET',
    path: '/settings',
    group: 'Listener',
    summary: 'All settings that differ from their defaults',
    answer: z.record(z.string(), z.unknown()),
  }),
  setSetting: route({
    method: 'PUT',
    path: '/settings/{key}',
    group: 'Listener',
    summary: 'Sets a setting; null goes back to its default',
    params: z.object({ key: z.string().min(1).max(100) }),
    body: z.strictObject({ value: z.unknown() }),
    answer: 'none',
    localOnly: true,
    problems: ['store/setting'],
  }),
  addJob: route({
    method: 'POST',
    path: '/jobs',
    group: 'Jobs',
    summary: 'Starts long work: adding a folder, file or address, asking services about songs, finding emotions',
    body: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('add'),
        source: z.string().min(1).max(4000).describe('A path on the server’s machine, or an http address.'),
        columns: z.partialRecord(z.enum(SONG_FIELDS), z.string().max(200)).optional(),
        contact,
      }),
      z.strictObject({ kind: z.literal('complete'), from: z.array(z.enum(SOURCE_NAMES)).min(1).max(10), contact }),
      z.strictObject({ kind: z.literal('analyse'), again: z.boolean().optional() }),
    ]),
    answer: job,
    localOnly: true,
  }),
  addFile: route({
    method: 'POST',
    path: '/jobs/file',
    group: 'Jobs',
    summary: 'Adds the songs of a table or playlist that is sent (.csv .tsv .xlsx .m3u .m3u8 .xspf .jspf), as a job',
    body: 'file',
    answer: job,
    localOnly: true,
    problems: [
      'upload/no-file',
      'upload/kind',
      'upload/too-large',
      'upload/slow',
      'upload/aborted',
      'upload/disk-full',
    ],
  }),
  listJobs: route({
    method: 'GET',
    path: '/jobs',
    group: 'Jobs',
    summary: 'What is being done and was done, latest first',
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    answer: z.object({ jobs: z.array(job) }),
    localOnly: true,
  }),
  getJob: route({
    method: 'GET',
    path: '/jobs/{id}',
    group: 'Jobs',
    summary: 'One job, and how far it is',
    params: z.object({ id: jobId }),
    answer: job,
    localOnly: true,
    problems: ['jobs/none'],
  }),
  watchJob: route({
    method: 'GET',
    path: '/jobs/{id}/progress',
    group: 'Jobs',
    summary: 'How far a job is: a line whenever that changes, until it ends',
    params: z.object({ id: jobId }),
    answer: { lines: job },
    localOnly: true,
    problems: ['jobs/none'],
  }),
  cancelJob: route({
    method: 'POST',
    path: '/jobs/{id}/cancel',
    group: 'Jobs',
    summary: 'Ends a job; what it did stays',
    params: z.object({ id: jobId }),
    answer: job,
    localOnly: true,
    problems: ['jobs/none'],
  }),
  retryJob: route({
    method: 'POST',
    path: '/jobs/{id}/retry',
    group: 'Jobs',
    summary: 'Goes on with a job that failed or was cancelled',
    params: z.object({ id: jobId }),
    answer: job,
    localOnly: true,
    problems: ['jobs/none'],
  }),
  describeData: route({
    method: 'GET',
    path: '/data',
    group: 'Data',
    summary: 'Where the listener’s data lies and how much there is',
    answer: z.object({
      engine: z.enum(['pglite', 'postgresql']),
      where: z.string(),
      schema: z.number(),
      bytes: z.number(),
      songs: z.number(),
      readings: z.number(),
      feedback: z.number(),
      vectors: z.number(),
    }),
    localOnly: true,
  }),
  exportData: route({
    method: 'GET',
    path: '/data/export',
    group: 'Data',
    summary: 'Everything kept, one JSON record a line',
    answer: {
      lines: z.object({
        kind: z.enum(['attune', 'song', 'vector', 'typical', 'reading', 'feedback', 'setting', 'end']),
      }),
    },
    localOnly: true,
  }),
  importData: route({
    method: 'POST',
    path: '/data/import',
    group: 'Data',
    summary: 'Takes an export back, on top of what is there; a damaged, foreign or newer one is refused whole',
    body: { lines: z.unknown() },
    answer: z.object({
      songs: z.number(),
      vectors: z.number(),
      typical: z.number().describe('Emotions with typical songs.'),
      readings: z.number().describe('Only those that were not there.'),
      feedback: z.number().describe('Only those that were not there.'),
      settings: z.number(),
      passedOver: z.number().describe('Lines of kinds that are not the library’s, the page’s own for example.'),
    }),
    localOnly: true,
    problems: ['data/foreign', 'data/damaged', 'data/newer', 'upload/slow', 'upload/aborted', 'upload/disk-full'],
  }),
  eraseData: route({
    method: 'DELETE',
    path: '/data',
    group: 'Data',
    summary: 'Forgets everything, for good',
    body: z.strictObject({ confirm: z.literal('erase everything') }),
    answer: 'none',
    localOnly: true,
  }),
} as const;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
/** What `GET /api/v1/health` answers. */
export type Health = z.output<Routes['health']['answer']>;

/**
 * The body of every answer with a status of 400 and above: application/problem+json (RFC 9457). `code` is stable, `detail` is for
 * people.
 */
export const problem = z.object({
  type: z.string().describe('urn:attune:problem: and the code.'),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ where: z.string(), path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.output<typeof problem>;
