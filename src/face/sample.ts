/** Takes a turned, scaled, shifted square out of a picture: the one place where pictures are resampled. */
import { LUMA, type RgbaImage } from './image.ts';

/**
 * A square of the picture: its centre and side in pixels, turned clockwise (as seen) by `angle` radians.
 * It may reach beyond the picture.
 */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly angle: number;
}

/** What lies outside the picture: black, or the nearest pixel of its edge. */
export type Outside = 'black' | 'edge';

export interface SampleOptions {
  readonly outside: Outside;
  /**
   * Samples along each axis of an output pixel, where it covers more than two pixels of the picture; more are slower
   * and average more of what the output pixel covers.
   */
  readonly maxTaps: number;
}

/** A point of the region, as fractions of its side (0..1 inside), in pixels of the picture. */
export const fromRegion = ({ x, y, side, angle }: Region, u: number, v: number): { x: number; y: number } => {
  const right = (u - 0.5) * side;
  const down = (v - 0.5) * side;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return { x: x + right * cos - down * sin, y: y + right * sin + down * cos };
};

/**
 * The region as `size` x `size` pixels, averaged over what each output pixel covers where the picture is larger,
 * bilinear where it is smaller.
 *
 * @returns three planes (red, green, blue) of 0..255, shape [3, size, size].
 */
export const sampleRegion = (image: RgbaImage, region: Region, size: number, options: SampleOptions): Float32Array => {
  const planes = new Float32Array(3 * size * size);
  // Below two pixels of the picture for one of the output, interpolate; above, the average hides which pixel was nearest.
  const step = region.side / size;
  if (step < 2) sampleBilinear(image, region, size, Math.ceil(step - 0.01), options, planes);
  else sampleNearest(image, region, size, Math.min(options.maxTaps, Math.ceil(step - 0.01)), options, planes);
  return planes;
};

/** @returns luma (ITU-R BT.601) of 0..255, shape [size, size]. */
export const sampleGray = (image: RgbaImage, region: Region, size: number, options: SampleOptions): Float32Array => {
  const planes = sampleRegion(image, region, size, options);
  const count = size * size;
  const gray = new Float32Array(count);
  for (let pixel = 0; pixel < count; pixel++)
    gray[pixel] =
      LUMA.red * planes[pixel]! + LUMA.green * planes[pixel + count]! + LUMA.blue * planes[pixel + 2 * count]!;
  return gray;
};

/** Where tap `index` of `taps` per output pixel lies along one axis, in output pixels from the region's centre. */
const tapPosition = (index: number, taps: number, size: number): number => (index + 0.5) / taps - size / 2;

const clamp = (value: number, length: number): number => (value < 0 ? 0 : value >= length ? length - 1 : value);

/** The mean of `taps` x `taps` pixels for each output pixel. */
const sampleNearest = (
  { width, height, data }: RgbaImage,
  { x, y, side, angle }: Region,
  size: number,
  taps: number,
  { outside }: SampleOptions,
  planes: Float32Array,
): void => {
  const black = outside === 'black';
  const cos = (Math.cos(angle) * side) / size;
  const sin = (Math.sin(angle) * side) / size;
  const count = size * size;
  const weight = 1 / (taps * taps);
  // Where each column of taps lies, from where its row begins: the same for all rows.
  const alongX = Float64Array.from({ length: size * taps }, (_, index) => tapPosition(index, taps, size) * cos);
  const alongY = Float64Array.from({ length: size * taps }, (_, index) => tapPosition(index, taps, size) * sin);
  for (let tapRow = 0; tapRow < size * taps; tapRow++) {
    const down = tapPosition(tapRow, taps, size);
    const rowX = x - down * sin;
    const rowY = y + down * cos;
    const out = Math.floor(tapRow / taps) * size;
    for (let column = 0, tap = 0; column < size; column++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let each = 0; each < taps; each++, tap++) {
        let sourceX = Math.floor(rowX + alongX[tap]!);
        let sourceY = Math.floor(rowY + alongY[tap]!);
        if (sourceX < 0 || sourceY < 0 || sourceX >= width || sourceY >= height) {
          if (black) continue;
          sourceX = clamp(sourceX, width);
          sourceY = clamp(sourceY, height);
        }
        const at = 4 * (sourceY * width + sourceX);
        red += data[at]!;
        green += data[at + 1]!;
        blue += data[at + 2]!;
      }
      const pixel = out + column;
      planes[pixel] = planes[pixel]! + red * weight;
      planes[pixel + count] = planes[pixel + count]! + green * weight;
      planes[pixel + 2 * count] = planes[pixel + 2 * count]! + blue * weight;
    }
  }
};

/** Interpolated between the four nearest pixels, at `taps` x `taps` places of each output pixel. */
const sampleBilinear = (
  { width, height, data }: RgbaImage,
  { x, y, side, angle }: Region,
  size: number,
  taps: number,
  { outside }: SampleOptions,
  planes: Float32Array,
): void => {
  const black = outside === 'black';
  const cos = (Math.cos(angle) * side) / size;
  const sin = (Math.sin(angle) * side) / size;
  const count = size * size;
  const weight = 1 / (taps * taps);
  for (let tapRow = 0; tapRow < size * taps; tapRow++) {
    const down = tapPosition(tapRow, taps, size);
    const out = Math.floor(tapRow / taps) * size;
    for (let tapColumn = 0; tapColumn < size * taps; tapColumn++) {
      const right = tapPosition(tapColumn, taps, size);
      // Pixel centres lie at .5.
      const sourceX = x + right * cos - down * sin - 0.5;
      const sourceY = y + right * sin + down * cos - 0.5;
      if (black && (sourceX < -0.5 || sourceY < -0.5 || sourceX >= width - 0.5 || sourceY >= height - 0.5)) continue;
      // At the edge the outermost pixel continues.
      const left = Math.floor(sourceX);
      const top = Math.floor(sourceY);
      const x0 = clamp(left, width);
      const x1 = clamp(left + 1, width);
      const row0 = clamp(top, height) * width;
      const row1 = clamp(top + 1, height) * width;
      const wx = sourceX - left;
      const wy = (sourceY - top) * weight;
      const wyTop = weight - wy;
      const w00 = (1 - wx) * wyTop;
      const w10 = wx * wyTop;
      const w01 = (1 - wx) * wy;
      const w11 = wx * wy;
      const at00 = 4 * (row0 + x0);
      const at10 = 4 * (row0 + x1);
      const at01 = 4 * (row1 + x0);
      const at11 = 4 * (row1 + x1);
      let pixel = out + Math.floor(tapColumn / taps);
      for (let channel = 0; channel < 3; channel++, pixel += count)
        planes[pixel] =
          planes[pixel]! +
          data[at00 + channel]! * w00 +
          data[at10 + channel]! * w10 +
          data[at01 + channel]! * w01 +
          data[at11 + channel]! * w11;
    }
  }
};
