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
 * The region as `size` x `size` pixels, averaged over what each output pixel covers when the picture is larger, bilinear
 * when it is smaller.
 *
 * @param write called once for each output pixel, row by row, with its mean red, green and blue, 0..255.
 */
const sample = (
  image: RgbaImage,
  region: Region,
  size: number,
  { outside, maxTaps }: SampleOptions,
  write: (pixel: number, red: number, green: number, blue: number) => void,
): void => {
  const { width, height, data } = image;
  const step = region.side / size;
  const cos = Math.cos(region.angle) * step;
  const sin = Math.sin(region.angle) * step;
  // Below two pixels of the picture for one of the output, interpolate; above, the average hides which pixel was nearest.
  const bilinear = step < 2;
  const taps = Math.max(1, Math.min(maxTaps, Math.ceil(step - 0.01)));
  const black = outside === 'black';
  const half = size / 2;
  const weight = 1 / (taps * taps);
  let pixel = 0;
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++, pixel++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let tapY = 0; tapY < taps; tapY++) {
        const down = row + (tapY + 0.5) / taps - half;
        for (let tapX = 0; tapX < taps; tapX++) {
          const right = column + (tapX + 0.5) / taps - half;
          let sourceX = region.x + right * cos - down * sin;
          let sourceY = region.y + right * sin + down * cos;
          if (sourceX < 0 || sourceY < 0 || sourceX >= width || sourceY >= height) {
            if (black) continue;
            sourceX = Math.min(Math.max(sourceX, 0), width - 0.001);
            sourceY = Math.min(Math.max(sourceY, 0), height - 0.001);
          }
          if (!bilinear) {
            const at = 4 * ((sourceY | 0) * width + (sourceX | 0));
            red += data[at]!;
            green += data[at + 1]!;
            blue += data[at + 2]!;
            continue;
          }
          // Pixel centres lie at .5; at the edge the outermost pixel continues.
          const left = Math.max(sourceX - 0.5, 0);
          const top = Math.max(sourceY - 0.5, 0);
          const x0 = left | 0;
          const y0 = top | 0;
          const wx = left - x0;
          const wy = top - y0;
          const at = 4 * (y0 * width + x0);
          const across = x0 + 1 < width ? 4 : 0;
          const below = y0 + 1 < height ? 4 * width : 0;
          const w00 = (1 - wx) * (1 - wy);
          const w10 = wx * (1 - wy);
          const w01 = (1 - wx) * wy;
          const w11 = wx * wy;
          const at10 = at + across;
          const at01 = at + below;
          const at11 = at01 + across;
          red += data[at]! * w00 + data[at10]! * w10 + data[at01]! * w01 + data[at11]! * w11;
          green += data[at + 1]! * w00 + data[at10 + 1]! * w10 + data[at01 + 1]! * w01 + data[at11 + 1]! * w11;
          blue += data[at + 2]! * w00 + data[at10 + 2]! * w10 + data[at01 + 2]! * w01 + data[at11 + 2]! * w11;
        }
      }
      write(pixel, red * weight, green * weight, blue * weight);
    }
};

/**
 * The region as luma (ITU-R BT.601), 0..255, shape [size, size].
 */
export const sampleGray = (image: RgbaImage, region: Region, size: number, options: SampleOptions): Float32Array => {
  const out = new Float32Array(size * size);
  sample(image, region, size, options, (pixel, red, green, blue) => {
    out[pixel] = LUMA.red * red + LUMA.green * green + LUMA.blue * blue;
  });
  return out;
};

/** Writes the region into `out` at `offset` as three planes (red, green, blue) of -1..1, shape [3, size, size]. */
export const samplePlanes = (
  image: RgbaImage,
  region: Region,
  size: number,
  options: SampleOptions,
  out: Float32Array,
  offset: number,
): void => {
  const plane = size * size;
  sample(image, region, size, options, (pixel, red, green, blue) => {
    const at = offset + pixel;
    out[at] = red / 127.5 - 1;
    out[at + plane] = green / 127.5 - 1;
    out[at + 2 * plane] = blue / 127.5 - 1;
  });
};
