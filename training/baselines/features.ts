/** What the classical baselines of the paper's Table 2 see of a picture: one row of numbers, by feature name. */
import { createGaborBank } from '../../src/face/gabor.ts';
import type { GrayImage } from '../../src/face/image.ts';
import { patternHistograms } from '../../src/face/lbp.ts';
import { mapPatterns, mappedPatternFeatures } from '../../src/face/mapped-lbp.ts';
import { PICTURE_SIDE, pictureAt } from '../datasets/face-set.ts';

export const FEATURE_NAMES = ['gabor', 'lbp', 'mapped-lbp'] as const;
export type FeatureName = (typeof FEATURE_NAMES)[number];

/** Opens a feature by name: what costs time (kernels, the map of the codes) is made once. */
export const openFeature = (name: FeatureName): ((image: GrayImage) => Float32Array) => {
  if (name === 'gabor') {
    const answer = createGaborBank({ wavelengths: [3, 4.24, 6, 8.49, 12], orientations: 8, points: 8 });
    // Answers grow with contrast; their logarithms do so by a step, which the kernel minds less.
    return (image) => answer(image).map(Math.log1p);
  }
  if (name === 'lbp') return (image) => patternHistograms(image, { radii: [1, 2], cells: 7 });
  const places = mapPatterns(3);
  return (image) => mappedPatternFeatures(image, { places, radii: [1, 2, 3], cells: 12 });
};

/**
 * The rows of a feature table.
 *
 * @param images [count, 48, 48]
 * @returns [rows, columns]
 */
export const featureTable = (
  name: FeatureName,
  images: Uint8Array,
  rows: ArrayLike<number>,
  onProgress: (done: number) => void = () => {},
): { values: Float32Array; columnCount: number } => {
  const feature = openFeature(name);
  let values = new Float32Array(0);
  let columnCount = 0;
  for (let i = 0; i < rows.length; i++) {
    const data = Float32Array.from(pictureAt(images, rows[i]!));
    const one = feature({ width: PICTURE_SIDE, height: PICTURE_SIDE, data });
    if (i === 0) {
      columnCount = one.length;
      values = new Float32Array(rows.length * columnCount);
    }
    values.set(one, i * columnCount);
    if ((i + 1) % 500 === 0) onProgress(i + 1);
  }
  return { values, columnCount };
};
