/** What is kept for a listener: songs, choices, settings. One interface, whether the tables lie in a folder, a server or behind HTTP. */
import type { Emotion, EmotionScores } from '../../src/base/emotions.ts';
import type { EmotionEvidence, EvidenceSource, LibrarySong } from '../../src/music/library-song.ts';
import type { Goal } from '../../src/music/mood-target.ts';
import type { Profile } from '../../src/music/recommend.ts';
import type { Song } from '../../src/music/song.ts';

/** What was known of a file when it was last analysed: if none of it changed, nothing needs to be done again. */
export interface FileState {
  /** Bytes. */
  readonly size: number;
  /** Time of last change, milliseconds since 1970. */
  readonly modified: number;
  /** Of everything that reads songs, so that a newer one reads them again. */
  readonly analysisVersion: string;
}

export interface SongFile extends FileState {
  readonly path: string;
  readonly songId: string;
}

/** A song on its way in. Its `path`, with `file`, is remembered beside paths the song had before. */
export interface NewSong extends LibrarySong {
  readonly file?: FileState;
}

export interface StoredSong extends LibrarySong {
  /** What its evidence says when joined; absent where nothing is known. `emotion` is then what the importer said. */
  readonly scores?: EmotionScores;
  /** 0 (nothing known) to 1 (corrected by hand). */
  readonly confidence: number;
  /** ISO 8601. */
  readonly addedAt: string;
}

export interface SongFilter {
  readonly emotion?: Emotion;
  readonly tag?: string;
  readonly language?: string;
  /** Part of title, artist or album, in any case. */
  readonly text?: string;
  /** Only songs without evidence of this source at this version: what a new model has still to read. */
  readonly lacking?: { readonly source: EvidenceSource; readonly version: string };
  /** Only songs with lyrics, or only songs with a file. */
  readonly having?: 'lyrics' | 'file';
}

export const SONG_ORDERS = ['title', 'artist', 'added', 'year', 'popularity', 'confidence', 'id'] as const;
export type SongOrder = (typeof SONG_ORDERS)[number];

export interface SongQuery extends SongFilter {
  /**
   * 'added', 'year' and 'popularity' start with the latest and largest, 'confidence' with the least, the others with A.
   *
   * @default 'title'
   */
  readonly order?: SongOrder;
  /** 1 to 1000. @default 50 */
  readonly limit?: number;
  /** `next` of the page before, with the same order. */
  readonly cursor?: string;
  /** How many songs to pass over: for a list that is jumped about in. Slower the larger it is. @default 0 */
  readonly offset?: number;
  /** Leaves lyrics out. @default false */
  readonly brief?: boolean;
}

export interface SongPage {
  readonly songs: readonly StoredSong[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** A tag or language, and how many songs have it. */
export interface SongFacet {
  readonly name: string;
  readonly count: number;
}

/** What songs can be filtered by, most frequent first. */
export interface SongFacets {
  readonly tags: readonly SongFacet[];
  readonly languages: readonly SongFacet[];
}

export interface SongCounts {
  readonly total: number;
  readonly byEmotion: Readonly<Record<Emotion, number>>;
}

export interface ImportCounts {
  readonly added: number;
  readonly updated: number;
}

export interface ImportOptions {
  /** Called after every batch that is safe on disk. */
  readonly onProgress?: (counts: ImportCounts) => void;
}

export const READING_SOURCES = ['photo', 'video', 'camera', 'voice', 'text', 'hand'] as const;
export type ReadingSource = (typeof READING_SOURCES)[number];

export interface NewReading {
  readonly source: ReadingSource;
  readonly emotion: Emotion;
  readonly scores: EmotionScores;
  readonly certain: boolean;
  readonly goal?: Goal;
  /** ISO 8601. @default now */
  readonly at?: string;
}
export interface Reading extends NewReading {
  readonly id: number;
  readonly at: string;
}

export const FEEDBACK_KINDS = ['like', 'skip', 'not-my-mood', 'heard'] as const;
export type FeedbackKind = (typeof FEEDBACK_KINDS)[number];

export interface NewFeedback {
  readonly songId: string;
  readonly kind: FeedbackKind;
  /** The mood and goal the song was offered for. */
  readonly mood?: Emotion;
  readonly goal?: Goal;
  /** ISO 8601. @default now */
  readonly at?: string;
}
export interface Feedback extends NewFeedback {
  readonly id: number;
  readonly at: string;
}

/** JSON of any shape; the caller checks its own. */
export type SettingValue = unknown;
/** Only while this setting is `true` are readings kept. */
export const KEEP_HISTORY = 'history.keep';

export interface SoundVector {
  readonly songId: string;
  /** Name and version of the model that made it: vectors of unlike models are never compared. */
  readonly model: string;
  /** 1 to 16,000 finite numbers; as many for all songs of a model. */
  readonly vector: readonly number[];
}
export interface NearSong {
  readonly song: StoredSong;
  /** Cosine of the angle between the two vectors, -1 to 1. */
  readonly similarity: number;
}

export interface SimilarQuery {
  /** 1 to 1000. @default 20 */
  readonly limit?: number;
  /** Only songs of this emotion. */
  readonly emotion?: Emotion;
  /** Whose vectors to compare. @default of the song's own, the model that most songs have a vector of */
  readonly model?: string;
}
export interface SimilarSongs {
  readonly model: string;
  /** Without the song itself, most alike first. */
  readonly songs: readonly NearSong[];
}

/** One line of an export. A song's line holds its evidence and its files. */
export type ExportRecord =
  | { readonly kind: 'attune'; readonly version: string; readonly schema: number; readonly at: string }
  | { readonly kind: 'song'; readonly song: StoredSong; readonly files: readonly SongFile[] }
  | { readonly kind: 'vector'; readonly vector: SoundVector }
  | { readonly kind: 'typical'; readonly emotion: Emotion; readonly songIds: readonly string[] }
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'feedback'; readonly feedback: Feedback }
  | { readonly kind: 'setting'; readonly key: string; readonly value: SettingValue }
  /** The last line, without which the export was cut short: how many records went before it. */
  | { readonly kind: 'end'; readonly records: number };

/** What was taken back of an export. */
export interface RestoreCounts {
  readonly songs: number;
  readonly vectors: number;
  /** Emotions with typical songs. */
  readonly typical: number;
  /** Only those that were not there. */
  readonly readings: number;
  /** Only those that were not there. */
  readonly feedback: number;
  readonly settings: number;
}

export interface StoreDescription {
  readonly engine: 'pglite' | 'postgresql';
  /** The folder, or the address of the database without its password. */
  readonly where: string;
  readonly schema: number;
  readonly bytes: number;
  readonly songs: number;
  readonly readings: number;
  readonly feedback: number;
  readonly vectors: number;
}

/**
 * Everything Attune keeps. What a promise has been kept for is on disk: a process killed the moment after loses none of it.
 *
 * All throw {UnavailableError} `store/disk-full`, `store/read-only`, `store/lost` (the database went away).
 */
export interface Store {
  /**
   * Adds songs, or what is new about songs already there (same id): facts that come empty keep what was known, evidence replaces
   * that of its own source, and a correction by hand stays. Takes any number of songs without keeping them in memory;
   * what was imported before a failure stays.
   *
   * @throws {InvalidInputError} `store/song`, `music/evidence`: a song without title or artist, or evidence out of range.
   */
  importSongs(songs: Iterable<NewSong> | AsyncIterable<NewSong>, options?: ImportOptions): Promise<ImportCounts>;
  /** @throws {InvalidInputError} `store/cursor`: a cursor of another order. */
  listSongs(query?: SongQuery): Promise<SongPage>;
  countSongs(filter?: SongFilter): Promise<SongCounts>;
  /** The most frequent tags, and all languages. */
  songFacets(): Promise<SongFacets>;
  getSong(id: string): Promise<StoredSong | undefined>;
  /** What a recommendation needs of every song, in the order of their ids: a million pass without being held. */
  songFacts(): AsyncIterable<Song>;
  /** Differs whenever songs were added, changed or removed. */
  songsRevision(): Promise<string>;
  /** @throws {InvalidInputError} `store/no-song`, `music/evidence`. */
  putEvidence(songId: string, evidence: EmotionEvidence): Promise<StoredSong>;
  /** Takes back what a source said, a correction by hand for example. @throws {InvalidInputError} `store/no-song`. */
  removeEvidence(songId: string, source: EvidenceSource): Promise<StoredSong>;
  /** @returns how many were there. */
  removeSongs(ids: readonly string[]): Promise<number>;
  /** In the order of their paths. */
  songFiles(): AsyncIterable<SongFile>;
  /** Forgets files that are gone; their songs stay. @returns how many were known. */
  forgetFiles(paths: readonly string[]): Promise<number>;

  /** The songs the listener chose, for the emotions they chose any for. */
  typicalSongs(): Promise<Profile>;
  /** @param songIds three different ones, or none to go back to the catalogue's. @throws {InvalidInputError} `store/typical`. */
  setTypicalSongs(emotion: Emotion, songIds: readonly string[]): Promise<void>;

  /** Keeps a reading, if the listener asked for a history. @returns whether it was kept. */
  addReading(reading: NewReading): Promise<boolean>;
  /** Latest first. @param limit @default 100 */
  listReadings(options?: { readonly limit?: number; readonly before?: number }): Promise<readonly Reading[]>;
  /** All readings kept, or one. @returns how many there were. */
  removeReadings(id?: number): Promise<number>;
  addFeedback(feedback: NewFeedback): Promise<void>;
  /** All that is said about a song, in place of what was said before; none forgets it. */
  setFeedback(songId: string, feedback: readonly Omit<NewFeedback, 'songId'>[]): Promise<void>;
  /** Latest first. @param limit @default 100 */
  listFeedback(options?: { readonly limit?: number; readonly before?: number }): Promise<readonly Feedback[]>;

  settings(): Promise<Readonly<Record<string, SettingValue>>>;
  /** @param value `null` goes back to the default. @throws {InvalidInputError} `store/setting`. */
  setSetting(key: string, value: SettingValue): Promise<void>;

  /** @throws {InvalidInputError} `store/vector`: not finite, too long, all 0, or not as long as the model's others. `store/no-song`. */
  putVectors(vectors: Iterable<SoundVector> | AsyncIterable<SoundVector>): Promise<number>;
  /** The songs that sound most alike, by the cosine of their vectors, most alike first. */
  nearestSongs(options: {
    readonly model: string;
    readonly vector: readonly number[];
    /** @default 20 */
    readonly limit?: number;
    readonly emotion?: Emotion;
  }): Promise<readonly NearSong[]>;

  /**
   * The songs that sound most like one of the library. Past some thousand vectors an index answers: in the exact order, and
   * very likely complete.
   *
   * @throws {InvalidInputError} `store/no-song`. @throws {NoAnswerError} `store/no-vector`: its sound was not analysed.
   */
  similarSongs(songId: string, query?: SimilarQuery): Promise<SimilarSongs>;

  describe(): Promise<StoreDescription>;
  exportAll(): AsyncIterable<ExportRecord>;
  /**
   * Takes back what `exportAll` gave, on top of what is there; doing it twice changes nothing. What an export says of a song counts,
   * but of two corrections by hand the later; choices and settings take the place of those there; readings and opinions come beside.
   *
   * @param records checked already (`readExport`); vectors after their songs
   */
  importAll(
    records: Iterable<ExportRecord> | AsyncIterable<ExportRecord>,
    options?: { readonly onProgress?: (counts: RestoreCounts) => void },
  ): Promise<RestoreCounts>;
  /** Forgets everything, for good. */
  eraseAll(): Promise<void>;
  close(): Promise<void>;
}
