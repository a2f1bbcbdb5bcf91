/** One contender of bench/audio.ts: `audio-log-mel.ts attune|meyda SECONDS REPEATS` prints the times of its runs. */
import { logMelSpectrogram, PAPER_MEL } from '../../src/audio/log-mel.ts';
import { createRandom } from '../../src/base/random.ts';
import { median, timed } from './statistics.ts';

const { sampleRate, fftSize, hopSize, bandCount } = PAPER_MEL;
const [contender, secondsText, repeatsText] = process.argv.slice(2);
const seconds = Number(secondsText);
const random = createRandom(1);
const sound = Float32Array.from({ length: seconds * sampleRate }, () => random.normal() * 0.1);

/** meyda's types do not tell Node's entry from the browser's. */
interface Meyda {
  bufferSize: number;
  sampleRate: number;
  melBands: number;
  windowingFunction: string;
  extract(feature: 'melBands', frame: Float32Array): number[];
}

const withMeyda = async (): Promise<() => unknown> => {
  const meyda = (await import('meyda')).default as unknown as Meyda;
  Object.assign(meyda, { bufferSize: fftSize, sampleRate, melBands: bandCount, windowingFunction: 'hanning' });
  if (meyda.extract('melBands', sound.subarray(0, fftSize)).length !== bandCount)
    throw new Error(`meyda does not give ${bandCount} bands`);
  return () => {
    const rows: number[][] = [];
    for (let at = 0; at + fftSize <= sound.length; at += hopSize)
      rows.push(meyda.extract('melBands', sound.subarray(at, at + fftSize)));
    return rows;
  };
};

const run = contender === 'meyda' ? await withMeyda() : () => logMelSpectrogram(sound, PAPER_MEL);
const times: number[] = [];
run(); // warm
for (let i = 0; i < Number(repeatsText); i++) times.push((await timed(run)).time.processor);
console.log(JSON.stringify({ processor: median(times) }));
