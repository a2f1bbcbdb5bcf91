/** Songs as what the song models learn from: a log-mel spectrogram and a row of summary numbers for each, kept between runs. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frames } from '../src/audio/frames.ts';
import { logMelSpectrogram } from '../src/audio/log-mel.ts';
import { SLICE_FRAMES, SONG_DIMS, SONG_MEL, SONG_SETTINGS } from '../src/audio/song-sound.ts';
import { summarizeClip } from '../src/audio/summary.ts';
import { cacheFolder, keepInCache, loadSound } from './sound-cache.ts';

export interface SongTrack {
  readonly id: string;
  /** Of the file. */
  readonly sha256: string;
  /** Log-mel [frames, bands], hundredths of a decibel. */
  readonly decibels: Int16Array;
  /** `summarizeClip`: 50 numbers. */
  readonly summary: Float64Array;
}

/** A song whose genre, and perhaps mood, people have named. */
export interface LabelledTrack extends SongTrack {
  /** Place in the set's genres. */
  readonly genre: number;
  /** Share of listeners who felt each of `FELT_EMOTIONS`; empty where nobody was asked. */
  readonly felt: readonly number[];
}

const BANDS = SONG_DIMS[0];
/** Changes whenever the numbers would. */
const VERSION = createHash('sha256').update(`songs-1 ${SONG_SETTINGS}`).digest('hex').slice(0, 12);

/**
 * Reads a song. The first time it is decoded and analysed, later it is read back by the content of its file.
 *
 * @throws {InvalidInputError} `data/sound`, `audio/…`
 */
export const loadSongTrack = async (id: string, path: string): Promise<SongTrack> => {
  const bytes = await readFile(path).catch(() => undefined);
  const sha256 = bytes ? createHash('sha256').update(bytes).digest('hex') : '';
  const kept = join(cacheFolder(), VERSION, `${sha256}.song`);
  const known = bytes && (await readFile(kept).catch(() => undefined));
  if (known && known.length > 400) {
    const whole = known.buffer.slice(known.byteOffset, known.byteOffset + known.length);
    return { id, sha256, summary: new Float64Array(whole.slice(0, 400)), decibels: new Int16Array(whole.slice(400)) };
  }
  const { samples, sha256: sum } = await loadSound(path);
  const track: SongTrack = {
    id,
    sha256: sum,
    decibels: Int16Array.from(logMelSpectrogram(samples, SONG_MEL).data, (value) => Math.round(100 * value)),
    summary: Float64Array.from(summarizeClip(samples).values()),
  };
  await keepInCache(kept, [track.summary, track.decibels]);
  return track;
};

/** First frames of a track's slices: 5 s each, half overlapping; 30 s give 11. A track shorter than one slice has one. */
export const sliceStarts = ({ decibels }: Pick<SongTrack, 'decibels'>): number[] => {
  const frames = decibels.length / BANDS;
  const samples = (frames - 1) * SONG_MEL.hopSize;
  const step = 2.5 * SONG_MEL.sampleRate;
  const count = 1 + Math.max(0, Math.floor((samples - 2 * step) / step));
  return Array.from({ length: count }, (_, i) => Math.round((i * step) / SONG_MEL.hopSize));
};

/**
 * One slice as the networks take it.
 *
 * @param out [bands, SLICE_FRAMES], dB, written; beyond the track's end the floor of -100 dB
 */
export const writeSlice = ({ decibels }: Pick<SongTrack, 'decibels'>, start: number, out: Float32Array): void => {
  const frames = decibels.length / BANDS;
  for (let band = 0; band < BANDS; band++)
    for (let frame = 0; frame < SLICE_FRAMES; frame++) {
      const at = start + frame;
      out[band * SLICE_FRAMES + frame] = at < frames ? decibels[at * BANDS + band]! / 100 : -100;
    }
};

/** The whole spectrogram as decibels, for what is computed from all of it. */
export const trackFrames = ({ decibels }: Pick<SongTrack, 'decibels'>): Frames => ({
  frameCount: decibels.length / BANDS,
  width: BANDS,
  data: Float32Array.from(decibels, (value) => value / 100),
});
