/** What goes over the wire, as zod checks it: the shapes that several paths of the contract share. */
import { z } from 'zod';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { EVIDENCE_SOURCES } from '../../src/music/library-song.ts';
import { GOALS } from '../../src/music/mood-target.ts';
import { JOB_KINDS, JOB_STATES } from '../jobs/jobs.ts';
import { FEEDBACK_KINDS, READING_SOURCES } from '../store/store.ts';

export const emotion = z.enum(EMOTIONS);
export const goal = z.enum(GOALS as readonly ['match', 'lift', 'calm']);
export const share = z.number().min(0).max(1e6);
export const scores = z.strictObject({
  angry: share,
  disgust: share,
  fear: share,
  happy: share,
  sad: share,
  surprise: share,
  neutral: share,
});
export const songIdText = z.string().min(1).max(2000);
export const moment = z.iso.datetime({ offset: true });

export const evidence = z.object({
  source: z.enum(EVIDENCE_SOURCES),
  scores,
  confidence: z.number().min(0).max(1),
  version: z.string().max(200),
});
export const facts = {
  id: songIdText,
  title: z.string().min(1).max(2000),
  artist: z.string().min(1).max(2000),
  year: z.int().min(1000).max(2100).optional(),
  language: z.string().max(20).default(''),
  emotion,
  tags: z.array(z.string().max(200)).max(1000).default([]),
  typical: z.boolean().default(false),
};
export const songDetails = {
  album: z.string().max(2000).optional(),
  durationSeconds: z.number().min(0).optional(),
  lyrics: z.string().max(200_000).optional(),
  path: z.string().max(2000).optional(),
  url: z.string().max(2000).optional(),
  popularity: z.number().min(0).optional(),
  evidence: z.array(evidence).max(20).default([]),
};
export const fileState = z.object({
  size: z.number().min(0),
  modified: z.number(),
  analysisVersion: z.string().max(500),
});
export const newSong = z.object({ ...facts, ...songDetails, file: fileState.optional() });
export const song = z.object(facts);
export const storedSong = z.object({
  ...facts,
  ...songDetails,
  scores: scores.optional(),
  confidence: z.number(),
  addedAt: z.string(),
});
export const songFile = z.object({ path: z.string(), songId: z.string(), ...fileState.shape });
export const soundVector = z.object({
  songId: songIdText,
  model: z.string().min(1).max(200),
  vector: z.array(z.number()).min(1).max(16_000),
});

export const nearSong = z.object({ song: storedSong, similarity: z.number().describe('Cosine, -1 to 1.') });

export const contact = z.string().max(200).optional().describe('An e-mail address or page, told to services that ask.');
export const jobId = z.string().min(1).max(100);
export const job = z.object({
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

export const filter = {
  emotion: emotion.optional(),
  tag: z.string().max(200).optional(),
  language: z.string().max(20).optional(),
  text: z.string().max(200).optional().describe('Part of title, artist or album, in any case.'),
  having: z.enum(['lyrics', 'file']).optional(),
  lackingSource: z.enum(EVIDENCE_SOURCES).optional(),
  lackingVersion: z.string().max(200).optional(),
};
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.coerce.number().int().optional().describe('The id of the last entry of the page before.'),
});
export const newReading = z.object({
  source: z.enum(READING_SOURCES),
  emotion,
  scores,
  certain: z.boolean(),
  goal: goal.optional(),
  at: moment.optional(),
});
export const newFeedback = z.object({
  songId: songIdText,
  kind: z.enum(FEEDBACK_KINDS),
  mood: emotion.optional(),
  goal: goal.optional(),
  at: moment.optional(),
});
export const id = z.object({ id: songIdText });
export const facet = z.object({ name: z.string(), count: z.number() });
export const count = z.object({ count: z.number() });

export const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
export const face = z.object({
  box: box.describe('px of the picture, upright.'),
  score: z.number(),
  emotion,
  certain: z.boolean().describe('False: "not sure"; ask the person.'),
  scores,
  quality: z.array(z.string()),
  frames: z.number().optional().describe('Of a video or animation: in how many of its frames this face was seen.'),
});
export const voice = z.object({
  emotion,
  certain: z.boolean().describe('False: "not sure"; ask the person.'),
  scores,
  voicedSeconds: z.number().describe('So long somebody speaks.'),
});
export const mood = z.object({
  emotion,
  scores,
  certain: z.boolean(),
  sources: z
    .array(z.enum(['face', 'voice']))
    .describe('Who was heard: one that is not sure is not, beside one that is.'),
});
export const reading = z.object({
  kind: z.enum(['photo', 'animation', 'video']),
  frames: z.number(),
  mood: mood.describe('Of the face that decides, the first; in a video joined with the voice.'),
  faces: z.array(face),
  voice: voice.optional().describe('Of a video in which somebody speaks.'),
});
export const voiceReading = z.object({ kind: z.literal('sound'), mood, voice });

export const moodPoint = z.object({ valence: z.number(), arousal: z.number() });
