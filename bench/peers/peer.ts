/** What the bench asks of Attune and of its peers: find faces, read them, and read one framed picture. */
import type { Emotion } from '../../src/base/emotions.ts';
import type { RgbaImage } from '../../src/face/image.ts';

/** A face reader, opened in this process. */
export interface Peer {
  readonly version: string;
  /** What computes, for example `onnxruntime-node, one thread`. */
  readonly backend: string;
  /** Finds the faces in a decoded photo. @returns how many */
  readonly find: (photo: RgbaImage) => Promise<number>;
  /** Finds the faces in a decoded photo and reads them: the likeliest emotion of each. */
  readonly read: (photo: RgbaImage) => Promise<readonly Emotion[]>;
  /**
   * The expression model alone on one whole gray picture of 48x48, fed as the peer's own code feeds it.
   *
   * @returns a score for each of `EMOTIONS`; the highest is the answer.
   */
  readonly readPicture: (pixels: Uint8Array) => Promise<ArrayLike<number>>;
  /** The files of the expression model. */
  readonly expressionFiles: readonly string[];
}

export interface OpenPeerOptions {
  /** Attune's expression model; the peers bring their own. */
  readonly attuneModel: string;
}

/** The likeliest of `labels`. */
export const likeliestLabel = <T>(labels: readonly T[], scores: ArrayLike<number>): T => {
  let best = 0;
  for (let i = 1; i < labels.length; i++) if (scores[i]! > scores[best]!) best = i;
  return labels[best]!;
};

/** Three equal channels out of a gray picture, pixel by pixel. */
export const grayToRgb = (pixels: Uint8Array): Int32Array => {
  const rgb = new Int32Array(pixels.length * 3);
  for (let i = 0; i < pixels.length; i++) rgb.fill(pixels[i]!, i * 3, i * 3 + 3);
  return rgb;
};

/** A photo without its fourth channel. */
export const rgbaToRgb = ({ data, width, height }: RgbaImage): Int32Array => {
  const rgb = new Int32Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = data[from]!;
    rgb[to + 1] = data[from + 1]!;
    rgb[to + 2] = data[from + 2]!;
  }
  return rgb;
};
