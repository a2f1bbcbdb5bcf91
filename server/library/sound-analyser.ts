/** What a song's sound says of its emotion, and the vector of how it sounds. */
import { readFile } from 'node:fs/promises';
import { readAudio } from '../../node/decode-audio.ts';
import { pathBytes } from '../../node/import/music-file.ts';
import { loadSongModel } from '../../node/sound-models.ts';
import { analyseSong } from '../../src/audio/song-sound.ts';
import type { Analyser } from './analyser.ts';

/** What the analysis listens to of a long recording. */
const HEARD_SECONDS = 600;

/** @throws {UnavailableError} `model/missing` */
export const createSoundAnalyser = async (): Promise<Analyser> => {
  const model = await loadSongModel();
  return {
    source: 'sound',
    version: model.version,
    having: 'file',
    analyse: async ({ path }) => {
      if (path === undefined) return undefined;
      // A name that is no UTF-8 is opened by its bytes.
      const sound = path.startsWith('file://') ? await readFile(pathBytes(path)) : path;
      const { evidence, vector } = await analyseSong(await readBeginning(sound), model);
      return { ...evidence, vector: Array.from(vector) };
    },
  };
};

/** Mono, 16 kHz. */
const readBeginning = async (sound: Uint8Array | string): Promise<Float32Array> => {
  const pieces: Float32Array[] = [];
  for await (const piece of readAudio(sound, { untilSeconds: HEARD_SECONDS })) pieces.push(piece);
  const samples = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return samples;
};
