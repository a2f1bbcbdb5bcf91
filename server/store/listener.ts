/** What the listener chose, read and said: typical songs, history, feedback, settings. */
import { desc, lt, sql } from 'drizzle-orm';
import type { Emotion } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import type { Goal } from '../../src/music/mood-target.ts';
import type { Profile } from '../../src/music/recommend.ts';
import type { Queries } from './connection.ts';
import { cleanText, toArray, toScores } from './rows.ts';
import { feedback, readings, settings, typicalSongs } from './schema.ts';
import {
  type Feedback,
  type FeedbackKind,
  KEEP_HISTORY,
  type NewFeedback,
  type NewReading,
  type Reading,
  type ReadingSource,
  type SettingValue,
} from './store.ts';

export const readTypicalSongs = async (queries: Queries): Promise<Profile> => {
  const rows = await queries.select().from(typicalSongs).orderBy(typicalSongs.emotion, typicalSongs.place);
  const profile: Partial<Record<Emotion, string[]>> = {};
  for (const { emotion, songId } of rows) {
    profile[emotion as Emotion] = [...(profile[emotion as Emotion] ?? []), songId];
  }
  return profile;
};

export const writeTypicalSongs = async (
  queries: Queries,
  emotion: Emotion,
  songIds: readonly string[],
): Promise<void> => {
  const isThree = songIds.length === 3 && new Set(songIds).size === 3 && songIds.every((id) => id.trim() !== '');
  if (songIds.length > 0 && !isThree)
    throw new InvalidInputError(
      'store/typical',
      `${songIds.length} songs are chosen for ${emotion} (${songIds.join(', ')}): choose three different ones, or none.`,
    );
  await queries.transaction(async (transaction) => {
    await transaction.delete(typicalSongs).where(sql`emotion = ${emotion}`);
    if (isThree)
      await transaction
        .insert(typicalSongs)
        .values(songIds.map((songId, place) => ({ emotion, place, songId: cleanText(songId) })));
  });
};

/** A moment in ISO 8601, or now. @throws {InvalidInputError} `store/time` */
const toDate = (at: string | undefined): Date => {
  const date = at === undefined ? new Date() : new Date(at);
  if (Number.isFinite(date.getTime())) return date;
  throw new InvalidInputError('store/time', `"${at}" is no time: write it like 2026-11-22T09:30:00Z.`);
};

const pageOf = (limit = 100): number => {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw new InvalidInputError('store/limit', `A page holds 1 to 1000 entries, not ${limit}.`);
};

export const addReading = async (queries: Queries, reading: NewReading): Promise<boolean> => {
  const wanted = await readSettings(queries);
  if (wanted[KEEP_HISTORY] !== true) return false;
  const { source, emotion, scores, certain, goal } = reading;
  await queries
    .insert(readings)
    .values({ at: toDate(reading.at), source, emotion, scores: toArray(scores), certain, goal: goal ?? null });
  return true;
};

export const listReadings = async (
  queries: Queries,
  { limit, before }: { readonly limit?: number; readonly before?: number },
): Promise<Reading[]> => {
  const rows = await queries
    .select()
    .from(readings)
    .where(before === undefined ? undefined : lt(readings.id, before))
    .orderBy(desc(readings.id))
    .limit(pageOf(limit));
  return rows.map(({ id, at, source, emotion, scores, certain, goal }) => ({
    id,
    at: at.toISOString(),
    source: source as ReadingSource,
    emotion: emotion as Emotion,
    scores: toScores(scores),
    certain,
    ...(goal === null ? {} : { goal: goal as Goal }),
  }));
};

export const addFeedback = async (queries: Queries, given: NewFeedback): Promise<void> => {
  const { songId, kind, mood, goal, at } = given;
  await queries
    .insert(feedback)
    .values({ at: toDate(at), songId: cleanText(songId), kind, mood: mood ?? null, goal: goal ?? null });
};

export const setFeedback = async (
  queries: Queries,
  songId: string,
  given: readonly Omit<NewFeedback, 'songId'>[],
): Promise<void> => {
  const id = cleanText(songId);
  const rows = given.map(({ kind, mood, goal, at }) => ({
    at: toDate(at),
    songId: id,
    kind,
    mood: mood ?? null,
    goal: goal ?? null,
  }));
  await queries.transaction(async (transaction) => {
    await transaction.delete(feedback).where(sql`song_id = ${id}`);
    if (rows.length > 0) await transaction.insert(feedback).values(rows);
  });
};

export const listFeedback = async (
  queries: Queries,
  { limit, before }: { readonly limit?: number; readonly before?: number },
): Promise<Feedback[]> => {
  const rows = await queries
    .select()
    .from(feedback)
    .where(before === undefined ? undefined : lt(feedback.id, before))
    .orderBy(desc(feedback.id))
    .limit(pageOf(limit));
  return rows.map(({ id, at, songId, kind, mood, goal }) => ({
    id,
    at: at.toISOString(),
    songId,
    kind: kind as FeedbackKind,
    ...(mood === null ? {} : { mood: mood as Emotion }),
    ...(goal === null ? {} : { goal: goal as Goal }),
  }));
};

export const readSettings = async (queries: Queries): Promise<Record<string, SettingValue>> => {
  const rows = await queries.select().from(settings).orderBy(settings.key);
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
};

/** Longest value of a setting, as JSON. */
const LONGEST_SETTING = 64 * 1024;

export const writeSetting = async (queries: Queries, key: string, value: SettingValue): Promise<void> => {
  if (!/^[a-z][a-z0-9.-]{0,99}$/.test(key))
    throw new InvalidInputError(
      'store/setting',
      `"${key.slice(0, 100)}" is no name of a setting: write up to 100 of a-z, 0-9, dot and hyphen, a letter first.`,
    );
  if (value === null || value === undefined) {
    await queries.delete(settings).where(sql`key = ${key}`);
    return;
  }
  const json = cleanJson(value);
  if (json.length > LONGEST_SETTING)
    throw new InvalidInputError(
      'store/setting',
      `The value of "${key}" has ${json.length} characters as JSON: give at most ${LONGEST_SETTING}.`,
    );
  await queries.execute(
    sql`insert into settings (key, value) values (${key}, ${json}::jsonb)
      on conflict (key) do update set value = excluded.value`,
  );
};

const cleanJson = (value: SettingValue): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'string' ? cleanText(inner) : inner));
