/** Songs as rows and rows as songs. */
import { EMOTIONS, type Emotion, type EmotionScores } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import type { EmotionEvidence, EvidenceSource } from '../../src/music/library-song.ts';
import type { songEvidence, songs } from './schema.ts';
import type { NewSong, StoredSong } from './store.ts';

export type SongRow = typeof songs.$inferSelect;
export type EvidenceRow = typeof songEvidence.$inferSelect;

export const toArray = (scores: EmotionScores): number[] => EMOTIONS.map((emotion) => scores[emotion]);

export const toScores = (values: readonly number[]): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((emotion, e) => [emotion, values[e] ?? 0])) as Record<Emotion, number>;

/** PostgreSQL keeps no NUL in text, and half a surrogate pair is no character. */
export const cleanText = (text: string): string =>
  /[\0\ud800-\udfff]/.test(text) ? Buffer.from(text.replaceAll('\0', ''), 'utf8').toString('utf8') : text;

/** What names are sorted and found by, the same on every machine: case, width and compatibility forms folded. */
export const foldKey = (text: string): string => cleanText(text).normalize('NFKC').toLowerCase().trim();

/** Longest text of a field, in characters; lyrics may be longer. */
const LONGEST_FIELD = 2000;
const LONGEST_LYRICS = 200_000;

/** @throws {InvalidInputError} `store/song`: something PostgreSQL or people could not make sense of. */
export const checkSong = (song: NewSong): void => {
  const refuse = (problem: string): never => {
    throw new InvalidInputError('store/song', `The song "${song.title}" by "${song.artist}" (${song.id}): ${problem}`);
  };
  if (song.id.trim() === '' || song.title.trim() === '' || song.artist.trim() === '')
    refuse('id, title and artist must not be empty.');
  for (const field of ['id', 'title', 'artist', 'album', 'language', 'url', 'path'] as const) {
    const length = song[field]?.length ?? 0;
    if (length > LONGEST_FIELD) refuse(`its ${field} has ${length} characters: give at most ${LONGEST_FIELD}.`);
  }
  if ((song.lyrics?.length ?? 0) > LONGEST_LYRICS)
    refuse(`its lyrics have ${song.lyrics?.length} characters: give at most ${LONGEST_LYRICS}.`);
  if (song.year !== undefined && !(Number.isInteger(song.year) && song.year >= 1000 && song.year <= 2100))
    refuse(`the year must be a whole number from 1000 to 2100; it is ${song.year}.`);
  for (const field of ['durationSeconds', 'popularity'] as const) {
    const value = song[field];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0))
      refuse(`its ${field} is ${value}, not 0 or more.`);
  }
  if (!EMOTIONS.includes(song.emotion)) refuse(`"${song.emotion}" is no emotion: write one of ${EMOTIONS.join(', ')}.`);
};

export const toEvidence = ({ source, scores, confidence, version }: EvidenceRow): EmotionEvidence => ({
  source: source as EvidenceSource,
  scores: toScores(scores),
  confidence,
  version,
});

/** @param path the first of its files, if it has any */
export const toSong = (row: SongRow, evidence: readonly EmotionEvidence[], path: string | undefined): StoredSong => ({
  id: row.id,
  title: row.title,
  artist: row.artist,
  ...(row.album === null ? {} : { album: row.album }),
  year: row.year ?? undefined,
  language: row.language,
  emotion: row.emotion as Emotion,
  tags: row.tags,
  typical: row.typical,
  ...(row.durationSeconds === null ? {} : { durationSeconds: row.durationSeconds }),
  ...(row.lyrics === null ? {} : { lyrics: row.lyrics }),
  ...(path === undefined ? {} : { path }),
  ...(row.url === null ? {} : { url: row.url }),
  ...(row.popularity === null ? {} : { popularity: row.popularity }),
  evidence,
  ...(row.scores === null ? {} : { scores: toScores(row.scores) }),
  confidence: row.confidence,
  addedAt: row.addedAt.toISOString(),
});
