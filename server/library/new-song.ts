/** A song as a source tells it -> a song as the store takes it. */
import type { SongRecord } from '../../node/import/song-record.ts';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import type { EmotionEvidence } from '../../src/music/library-song.ts';
import { songId } from '../../src/music/song.ts';
import type { NewSong } from '../store/store.ts';

/** Of what is read out of files: raise it when their tags or lyrics are read otherwise, and all are read again. */
export const READER_VERSION = 'reader-1';

/** How far a list's own label is trusted: somebody said so, for reasons of their own. */
const ANNOTATION_CONFIDENCE = 0.8;
/** The store's own limit for names and addresses. */
const LONGEST_ADDRESS = 2000;

const annotation = (emotion: Emotion): EmotionEvidence => ({
  source: 'annotation',
  scores: Object.fromEntries(EMOTIONS.map((one) => [one, one === emotion ? 1 : 0])) as Record<Emotion, number>,
  confidence: ANNOTATION_CONFIDENCE,
  version: READER_VERSION,
});

/**
 * What a source says of a song's emotion becomes evidence of an annotation, unless it brings evidence of its own. Without any the
 * song stands with the neutral ones until something is known.
 */
export const toNewSong = (record: SongRecord): NewSong => {
  const { title, artist, album, year, language, emotion, tags, typical, durationSeconds, lyrics, popularity } = record;
  const { path, size, modified, url } = record;
  const hasFile = path !== undefined && path.length <= LONGEST_ADDRESS && size !== undefined && modified !== undefined;
  return {
    id: songId(artist, title),
    title,
    artist,
    year,
    language: language ?? '',
    emotion: emotion ?? 'neutral',
    tags,
    typical: typical ?? false,
    ...(album !== undefined && { album }),
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...(lyrics !== undefined && { lyrics }),
    ...(popularity !== undefined && { popularity }),
    ...(url !== undefined && url.length <= LONGEST_ADDRESS && { url }),
    ...(hasFile && { path, file: { size, modified, analysisVersion: READER_VERSION } }),
    evidence: record.evidence ?? (emotion === undefined ? [] : [annotation(emotion)]),
  };
};
