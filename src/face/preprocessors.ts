/** The preprocessing a model may have been trained with, by name: its file carries the name, and reading applies it again. */
import type { GrayImage } from './image.ts';
import {
  equalizeHistogram,
  homomorphicFilter,
  medianFilter,
  resizeBilinear,
  resizeNearest,
  stretchGray,
} from './preprocess.ts';

/** Half the side: what scaling does to a picture shows after it was made small and large again. */
const there = (side: number): number => Math.max(1, Math.round(side / 2));

/** The methods of the first paper (row P1) and none, each from gray picture to gray picture of the same size, 0..255. */
export const PREPROCESSORS = {
  none: (image) => image,
  equalize: equalizeHistogram,
  median: (image) => medianFilter(image, 3),
  stretch: (image) => stretchGray(image, { lowPercent: 1, highPercent: 99 }),
  homomorphic: (image) => homomorphicFilter(image),
  nearest: (image) =>
    resizeNearest(resizeNearest(image, there(image.width), there(image.height)), image.width, image.height),
  bilinear: (image) =>
    resizeBilinear(resizeBilinear(image, there(image.width), there(image.height)), image.width, image.height),
} as const satisfies Readonly<Record<string, (image: GrayImage) => GrayImage>>;

export type PreprocessorName = keyof typeof PREPROCESSORS;
export const PREPROCESSOR_NAMES = Object.keys(PREPROCESSORS) as readonly PreprocessorName[];

export const isPreprocessor = (name: string): name is PreprocessorName => Object.hasOwn(PREPROCESSORS, name);
