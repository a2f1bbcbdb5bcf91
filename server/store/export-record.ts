/** What a line of an export may hold: everything the store may hold, and nothing it could not. */
import { z } from 'zod';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { EVIDENCE_SOURCES } from '../../src/music/library-song.ts';
import { GOALS } from '../../src/music/mood-target.ts';
import { type ExportRecord, FEEDBACK_KINDS, READING_SOURCES } from './store.ts';

const text = z.string();
/** More than blanks. */
const name = text.refine((value) => value.trim() !== '', 'it is blank').max(2000);
const emotion = z.enum(EMOTIONS);
const goal = z.enum(GOALS as readonly ['match', 'lift', 'calm']).optional();
const share = z.number().min(0);
const scores = z.object({
  angry: share,
  disgust: share,
  fear: share,
  happy: share,
  sad: share,
  surprise: share,
  neutral: share,
});
const moment = z.iso.datetime({ offset: true });
const songFile = z.object({
  path: text,
  songId: text,
  size: z.number(),
  modified: z.number(),
  analysisVersion: text,
});
const song = z.object({
  id: name,
  title: name,
  artist: name,
  album: text.max(2000).optional(),
  year: z.int().min(1000).max(2100).optional(),
  language: text,
  emotion,
  tags: z.array(text),
  typical: z.boolean(),
  durationSeconds: share.optional(),
  lyrics: text.max(200_000).optional(),
  path: text.max(2000).optional(),
  url: text.max(2000).optional(),
  popularity: share.optional(),
  evidence: z.array(
    z.object({ source: z.enum(EVIDENCE_SOURCES), scores, confidence: z.number().min(0).max(1), version: text }),
  ),
  scores: scores.optional(),
  confidence: z.number(),
  addedAt: moment,
});

/** The first line. */
export const exportHeader = z.object({
  kind: z.literal('attune'),
  version: text,
  schema: z.int().min(1),
  at: text,
});

const RECORDS = {
  attune: exportHeader,
  song: z.object({ kind: z.literal('song'), song, files: z.array(songFile) }),
  vector: z.object({
    kind: z.literal('vector'),
    vector: z.object({
      songId: name,
      model: name,
      vector: z
        .array(z.number())
        .min(1)
        .max(16_000)
        .refine((values) => values.some((value) => value !== 0), 'it is all 0'),
    }),
  }),
  typical: z.object({
    kind: z.literal('typical'),
    emotion,
    songIds: z
      .array(name)
      .length(3)
      .refine((ids) => new Set(ids).size === 3, 'they are not three different ones'),
  }),
  reading: z.object({
    kind: z.literal('reading'),
    reading: z.object({
      id: z.number(),
      at: moment,
      source: z.enum(READING_SOURCES),
      emotion,
      scores,
      certain: z.boolean(),
      goal,
    }),
  }),
  feedback: z.object({
    kind: z.literal('feedback'),
    feedback: z.object({
      id: z.number(),
      at: moment,
      songId: name,
      kind: z.enum(FEEDBACK_KINDS),
      mood: emotion.optional(),
      goal,
    }),
  }),
  setting: z.object({
    kind: z.literal('setting'),
    key: text.regex(/^[a-z][a-z0-9.-]{0,99}$/),
    value: z.unknown().refine((value) => (JSON.stringify(value) ?? '').length <= 64 * 1024, 'it is too long'),
  }),
  end: z.object({ kind: z.literal('end'), records: z.int().min(1) }),
} as const;

export type CheckedRecord =
  | { readonly record: ExportRecord }
  /** Of a kind that is somebody else's, the page's own settings for example. */
  | { readonly unknown: string }
  | { readonly problem: string };

/** One line's value, told apart. */
export const checkRecord = (value: unknown): CheckedRecord => {
  const kind = (value as { kind?: unknown } | null)?.kind;
  if (typeof kind !== 'string') return { problem: 'it says no kind' };
  if (!Object.hasOwn(RECORDS, kind)) return { unknown: kind };
  const checked = RECORDS[kind as keyof typeof RECORDS].safeParse(value);
  if (checked.success) return { record: checked.data as unknown as ExportRecord };
  const [issue] = checked.error.issues;
  return { problem: `${issue?.path.join('.') || kind}: ${issue?.message}` };
};
