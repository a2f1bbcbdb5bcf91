/** The whole library as a workbook: songs, the seven emotions' sheets, tags, evidence, lyrics and files. Reads back without loss. */
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { joinEvidence, type LibrarySong } from '../../src/music/library-song.ts';
import type { FileState } from '../import/song-record.ts';
import { joinTags } from '../import/song-table.ts';
import { type CellToWrite, LONGEST_CELL, type SheetToWrite, writeWorkbook } from './write-workbook.ts';

export interface SongToWrite extends LibrarySong {
  readonly files?: readonly (FileState & { readonly analysisVersion: string })[];
}

/** Reads the songs anew at each call: every sheet is one pass. `emotion` may leave out songs of other emotions. */
export type SongSource = (emotion?: Emotion) => Iterable<SongToWrite> | AsyncIterable<SongToWrite>;

/** Sheets that hold one fact a row, each row beginning with artist and title of its song. */
export const EVIDENCE_SHEET = 'evidence';
export const LYRICS_SHEET = 'lyrics';
export const FILES_SHEET = 'files';
export const TAGS_SHEET = 'tags';
export const SONGS_SHEET = 'songs';

const column = (name: string, width?: number): { name: string; width?: number } => ({
  name,
  ...(width !== undefined && { width }),
});
const SONG_COLUMNS = [
  column('title', 32),
  column('artist', 24),
  column('album', 24),
  column('year', 6),
  column('language', 8),
  column('emotion', 9),
  column('tags', 40),
  column('typical', 7),
  column('duration', 8),
  column('popularity', 10),
  column('url', 24),
  column('path', 40),
];
const songCells = (song: SongToWrite): CellToWrite[] => [
  song.title,
  song.artist,
  song.album,
  song.year,
  song.language,
  song.emotion,
  joinTags(song.tags),
  song.typical ? 1 : undefined,
  song.durationSeconds,
  song.popularity,
  song.url,
  song.path,
];

/** P5's form: a sheet an emotion, the surest songs' share and confidence beside them. */
const EMOTION_COLUMNS = [
  column('title', 32),
  column('artist', 24),
  column('tags', 40),
  column('share', 8),
  column('confidence', 10),
];
const emotionCells = (emotion: Emotion) => (song: SongToWrite) => {
  const { scores, confidence } = joinEvidence(song.evidence);
  return [
    song.title,
    song.artist,
    joinTags(song.tags),
    confidence > 0 ? Number(scores[emotion].toFixed(4)) : undefined,
    Number(confidence.toFixed(4)),
  ];
};

async function* cells<T extends CellToWrite[]>(
  songs: Iterable<SongToWrite> | AsyncIterable<SongToWrite>,
  rowsOf: (song: SongToWrite) => readonly T[],
): AsyncGenerator<T> {
  for await (const song of songs) yield* rowsOf(song);
}

const pieces = (text: string): string[] => {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + LONGEST_CELL);
    // A character of two halves stays whole.
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end -= 1;
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
};

async function* tagCells(songs: Iterable<SongToWrite> | AsyncIterable<SongToWrite>): AsyncGenerator<CellToWrite[]> {
  const counts = new Map<string, number>();
  for await (const { tags } of songs) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  yield* [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

/** The bytes of the workbook, as a stream. */
export const writeLibraryWorkbook = (songs: SongSource): AsyncGenerator<Uint8Array> => {
  const names = [column('title', 32), column('artist', 24)];
  const sheets: SheetToWrite[] = [
    { name: SONGS_SHEET, columns: SONG_COLUMNS, rows: cells(songs(), (song) => [songCells(song)]) },
    ...EMOTIONS.map((emotion) => ({
      name: emotion,
      columns: EMOTION_COLUMNS,
      rows: cells(songs(emotion), (song) => (song.emotion === emotion ? [emotionCells(emotion)(song)] : [])),
    })),
    { name: TAGS_SHEET, columns: [column('tag', 30), column('songs')], rows: tagCells(songs()) },
    {
      name: EVIDENCE_SHEET,
      columns: [
        ...names,
        column('source'),
        column('version', 20),
        column('confidence'),
        ...EMOTIONS.map((e) => column(e)),
      ],
      rows: cells(songs(), (song) =>
        song.evidence.map(({ source, version, confidence, scores }) => [
          song.title,
          song.artist,
          source,
          version,
          confidence,
          ...EMOTIONS.map((emotion) => scores[emotion]),
        ]),
      ),
    },
    {
      name: LYRICS_SHEET,
      columns: [...names, column('part'), column('lyrics', 80)],
      rows: cells(songs(), (song) =>
        pieces(song.lyrics ?? '').map((piece, i) => [song.title, song.artist, i + 1, piece]),
      ),
    },
    {
      name: FILES_SHEET,
      columns: [...names, column('path', 60), column('size'), column('modified'), column('analysis', 20)],
      rows: cells(songs(), (song) =>
        (song.files ?? []).map(({ path, size, modified, analysisVersion }) => [
          song.title,
          song.artist,
          path,
          size,
          modified,
          analysisVersion,
        ]),
      ),
    },
  ];
  return writeWorkbook(sheets);
};
