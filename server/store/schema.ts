/** The tables, as queries see them. migrations/ makes them; a test holds the two against each other. */
import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';

/** pgvector's column without a fixed length; drizzle's own wants one. */
const vector = customType<{ data: readonly number[]; driverData: string }>({
  dataType: () => 'vector',
  toDriver: (values) => `[${values.join(',')}]`,
  fromDriver: (written) => JSON.parse(written) as number[],
});

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const songs = pgTable('songs', {
  id: text('id').primaryKey(),
  title: text('title').notNull(),
  artist: text('artist').notNull(),
  album: text('album'),
  year: smallint('year'),
  language: text('language').notNull(),
  tags: text('tags').array().notNull(),
  typical: boolean('typical').notNull(),
  emotion: text('emotion').notNull(),
  scores: doublePrecision('scores').array(),
  confidence: doublePrecision('confidence').notNull(),
  durationSeconds: doublePrecision('duration_seconds'),
  lyrics: text('lyrics'),
  url: text('url'),
  popularity: doublePrecision('popularity'),
  titleKey: text('title_key').notNull(),
  artistKey: text('artist_key').notNull(),
  searchKey: text('search_key').notNull(),
  addedAt: moment('added_at').notNull().defaultNow(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
});

export const songEvidence = pgTable(
  'song_evidence',
  {
    songId: text('song_id').notNull(),
    source: text('source').notNull(),
    scores: doublePrecision('scores').array().notNull(),
    confidence: doublePrecision('confidence').notNull(),
    version: text('version').notNull(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.songId, table.source] })],
);

export const songFiles = pgTable('song_files', {
  path: text('path').primaryKey(),
  songId: text('song_id').notNull(),
  size: bigint('size', { mode: 'number' }).notNull(),
  modified: doublePrecision('modified').notNull(),
  analysisVersion: text('analysis_version').notNull(),
});

export const typicalSongs = pgTable(
  'typical_songs',
  {
    emotion: text('emotion').notNull(),
    place: smallint('place').notNull(),
    songId: text('song_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.emotion, table.place] })],
);

export const readings = pgTable('readings', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  at: moment('at').notNull().defaultNow(),
  source: text('source').notNull(),
  emotion: text('emotion').notNull(),
  scores: doublePrecision('scores').array().notNull(),
  certain: boolean('certain').notNull(),
  goal: text('goal'),
});

export const feedback = pgTable('feedback', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  at: moment('at').notNull().defaultNow(),
  songId: text('song_id').notNull(),
  kind: text('kind').notNull(),
  mood: text('mood'),
  goal: text('goal'),
});

export const settings = pgTable('settings', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
});

export const soundVectors = pgTable(
  'sound_vectors',
  {
    songId: text('song_id').notNull(),
    model: text('model').notNull(),
    embedding: vector('embedding').notNull(),
  },
  (table) => [primaryKey({ columns: [table.songId, table.model] })],
);
