/** Numbers per frame of sound, the shape of everything that is computed from a spectrum. */
import { InvalidInputError } from '../base/errors.ts';

/** One row a frame, row-major: `data[frame * width + column]`. librosa's arrays are the transpose, [column, frame]. */
export interface Frames {
  readonly frameCount: number;
  /** Numbers in each frame: bins, bands or coefficients. */
  readonly width: number;
  readonly data: Float32Array;
}

export const createFrames = (frameCount: number, width: number): Frames => ({
  frameCount,
  width,
  data: new Float32Array(frameCount * width),
});

/** @throws {InvalidInputError} `audio/empty`: there are no samples. `audio/setting`: one of them is no finite number. */
export const checkSamples = (samples: ArrayLike<number>): void => {
  if (samples.length === 0)
    throw new InvalidInputError('audio/empty', 'There is no sound here (0 samples): give a longer recording.');
  for (let n = 0; n < samples.length; n++)
    if (!Number.isFinite(samples[n]!))
      throw new InvalidInputError(
        'audio/setting',
        `Sample ${n} of this sound is ${samples[n]}: give finite numbers, -1 to 1, such as decodeAudio returns.`,
      );
};

/** @throws {InvalidInputError} `audio/setting`: `value` is not a whole number of at least `least`. */
export const checkWhole = (name: string, value: number, least = 1): void => {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InvalidInputError('audio/setting', `${name} is ${value}: give a whole number of at least ${least}.`);
};
