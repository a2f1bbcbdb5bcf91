/** Draws a spectrogram with what was heard in it, as one SVG file. */
import sharp from 'sharp';
import type { Frames } from '../src/audio/frames.ts';

const WIDTH = 640;
const HEIGHT = 320;
const PLOT = { left: 56, right: 16, top: 48, bottom: 44 };

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Black over purple and orange to a light yellow, about as bright to the eye as the number is high. */
const colourOf = (share: number): [number, number, number] => {
  const stops = [
    [0, 0, 10],
    [85, 15, 110],
    [190, 55, 85],
    [250, 145, 30],
    [252, 255, 165],
  ] as const;
  const place = Math.max(0, Math.min(0.9999, share)) * (stops.length - 1);
  const low = stops[Math.floor(place)]!;
  const high = stops[Math.floor(place) + 1]!;
  const rest = place % 1;
  return [0, 1, 2].map((i) => Math.round(low[i]! + (high[i]! - low[i]!) * rest)) as [number, number, number];
};

export interface SpectrogramNote {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly text: string;
}

/**
 * @param frames log-mel [frames, bands], dB; the loudest 60 dB are drawn
 * @param notes what was heard when, written over the picture. @default none
 */
export const spectrogramChart = async (options: {
  readonly title: string;
  readonly frames: Frames;
  readonly seconds: number;
  readonly notes?: readonly SpectrogramNote[];
}): Promise<string> => {
  const { title, frames, seconds, notes = [] } = options;
  const { frameCount, width: bands, data } = frames;
  const loudest = data.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const pixels = new Uint8Array(frameCount * bands * 3);
  for (let frame = 0; frame < frameCount; frame++)
    for (let band = 0; band < bands; band++)
      pixels.set(
        colourOf(1 + (data[frame * bands + band]! - loudest) / 60),
        ((bands - 1 - band) * frameCount + frame) * 3,
      );
  const png = await sharp(pixels, { raw: { width: frameCount, height: bands, channels: 3 } })
    .resize({ width: Math.min(frameCount, 560), height: bands, fit: 'fill' })
    .png({ palette: true, colours: 32 })
    .toBuffer();
  const [plotWidth, plotHeight] = [WIDTH - PLOT.left - PLOT.right, HEIGHT - PLOT.top - PLOT.bottom];
  const x = (at: number): number => PLOT.left + (at / seconds) * plotWidth;
  const ticks = Array.from({ length: 6 }, (_, i) => (i * seconds) / 5);
  const text = (at: number, y: number, words: string, more = ''): string =>
    `<text x="${at.toFixed(1)}" y="${y}" ${more}>${escapeText(words)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${escapeText(title)}</title><rect width="100%" height="100%" fill="#fff"/>`,
    text(PLOT.left, 28, title, 'font-size="15" fill="#222"'),
    `<image x="${PLOT.left}" y="${PLOT.top}" width="${plotWidth}" height="${plotHeight}" preserveAspectRatio="none" href="data:image/png;base64,${png.toString('base64')}"/>`,
    ...ticks.map((at) =>
      text(x(at), HEIGHT - 24, `${at.toFixed(seconds < 10 ? 1 : 0)} s`, 'text-anchor="middle" fill="#444"'),
    ),
    `<text transform="translate(18 ${PLOT.top + plotHeight / 2}) rotate(-90)" text-anchor="middle" fill="#444">mel bands, low to high</text>`,
    ...notes.flatMap(({ fromSeconds, toSeconds, text: words }) => [
      `<line x1="${x(fromSeconds).toFixed(1)}" x2="${x(fromSeconds).toFixed(1)}" y1="${PLOT.top}" y2="${PLOT.top + plotHeight}" stroke="#fff" stroke-opacity="0.5"/>`,
      text(
        (x(fromSeconds) + x(toSeconds)) / 2,
        PLOT.top + 16,
        words,
        'text-anchor="middle" fill="#fff" stroke="#000" stroke-width="2" paint-order="stroke" font-size="11"',
      ),
    ]),
    '</svg>',
    '',
  ].join('\n');
};
