/** How somebody speaks in some three hundred numbers: pitch, loudness, pace and colour of the voice over a whole recording. */
import { createRealFft } from './fft.ts';
import { createMelFolder } from './mel.ts';
import { createSpectrumReader, fftFrequencies, hannWindow } from './stft.ts';

const SAMPLE_RATE = 16_000;
const FFT_SIZE = 1024;
const HOP = 256;
const BANDS = 64;
const COEFFICIENTS = 20;
/** Periods of a voice, samples: 500 down to 65 Hz. */
const SHORTEST_LAG = 32;
const LONGEST_LAG = 246;
/** A longer period must be so much clearer a sample: else twice the period would win as often as the period. */
const LAG_PRICE = 0.0006;
const VOICED = 0.45;
const PITCH_SHAPE = 6;
const LEVEL_SHAPE = 8;
const COURSE_COEFFICIENTS = 13;
const COURSE_SHAPE = 8;

/**
 * Where each kind of number lies; the kinds weigh alike in a comparison of voices, but for the course: how the colour moves from
 * the first word to the last says as much as three others.
 */
export const VOICE_BLOCKS = [
  { name: 'colour', length: 5 * COEFFICIENTS },
  { name: 'voiced colour', length: 2 * COEFFICIENTS },
  { name: 'change', length: COEFFICIENTS },
  { name: 'pitch', length: 10 + PITCH_SHAPE },
  { name: 'level', length: 8 + LEVEL_SHAPE },
  { name: 'pace', length: 5 },
  { name: 'brightness', length: 25 },
  { name: 'course', length: COURSE_COEFFICIENTS * COURSE_SHAPE, weight: 3 },
] as const;

export const VOICE_STATISTIC_COUNT = VOICE_BLOCKS.reduce((sum, { length }) => sum + length, 0);

/** What one frame sounds like. */
interface VoiceFrame {
  /** Power of all bins. */
  readonly power: number;
  /** Semitones over 100 Hz; 0 where no period was found. */
  readonly pitch: number;
  /** How periodic it is, 0..1. */
  readonly periodicity: number;
  /** Hz. */
  readonly centroid: number;
  /** Hz: 85 % of the magnitude lies below. */
  readonly rolloff: number;
  /** Power below 1 kHz over that above, dB. */
  readonly tilt: number;
  /** How far the spectrum's shape moved since the frame before. */
  readonly flux: number;
  /** [COEFFICIENTS] */
  readonly cepstrum: Float64Array;
}

const windowLags = (): Float64Array => {
  const window = hannWindow(FFT_SIZE);
  const lags = new Float64Array(LONGEST_LAG + 2);
  for (let lag = 0; lag < lags.length; lag++)
    for (let n = 0; n < FFT_SIZE; n++) lags[lag]! += window[n]! * window[(n + lag) % FFT_SIZE]!;
  return lags.map((value) => value / lags[0]!);
};

const listen = (samples: Float32Array): VoiceFrame[] => {
  const reader = createSpectrumReader(samples, { fftSize: FFT_SIZE, hopSize: HOP, padMode: 'constant' });
  const frequencies = fftFrequencies(SAMPLE_RATE, FFT_SIZE);
  const fold = createMelFolder({ sampleRate: SAMPLE_RATE, fftSize: FFT_SIZE, bandCount: BANDS, minHz: 50 });
  const fft = createRealFft(FFT_SIZE);
  const mirrored = new Float64Array(FFT_SIZE);
  const correlation = new Float64Array(FFT_SIZE / 2 + 1);
  const unused = new Float64Array(FFT_SIZE / 2 + 1);
  const ofWindow = windowLags();
  const bands = new Float32Array(BANDS);
  const cosines = Array.from({ length: COEFFICIENTS }, (_, k) =>
    Float64Array.from(
      { length: BANDS },
      (_, n) => Math.sqrt((k === 0 ? 1 : 2) / BANDS) * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * BANDS)),
    ),
  );
  let before: Float64Array | undefined;
  return Array.from({ length: reader.frameCount }, (_, index) => {
    reader.read(index);
    const { power } = reader;
    fold(power, bands, 0);
    const levels = bands.map((value) => 10 * Math.log10(Math.max(1e-8, value)));
    const cepstrum = Float64Array.from(cosines, (own) => own.reduce((sum, value, n) => sum + value * levels[n]!, 0));
    const shape = spectrumShape(power, frequencies, before);
    before = shape.normal;
    const period = findPeriod(power, frequencies, { fft, mirrored, correlation, unused, ofWindow });
    return { cepstrum, ...shape, ...period };
  });
};

const spectrumShape = (power: Float64Array, frequencies: Float64Array, before: Float64Array | undefined) => {
  let total = 0;
  let moment = 0;
  let all = 0;
  let low = 0;
  for (let k = 1; k < power.length; k++) {
    const magnitude = Math.sqrt(power[k]!);
    total += magnitude;
    moment += magnitude * frequencies[k]!;
    all += power[k]!;
    if (frequencies[k]! < 1000) low += power[k]!;
  }
  let below = 0;
  let rolloff = 0;
  for (let k = 1; k < power.length && rolloff === 0; k++) {
    below += Math.sqrt(power[k]!);
    if (below >= 0.85 * total) rolloff = frequencies[k]!;
  }
  const normal = power.map((value) => Math.sqrt(value) / (total + 1e-9));
  const flux = before ? normal.reduce((sum, value, k) => sum + (value - before[k]!) ** 2, 0) : 0;
  const tilt = 10 * Math.log10((low + 1e-9) / (all - low + 1e-9));
  return { power: all, centroid: moment / (total + 1e-12), rolloff, tilt, flux, normal };
};

interface PeriodTools {
  readonly fft: ReturnType<typeof createRealFft>;
  readonly mirrored: Float64Array;
  readonly correlation: Float64Array;
  readonly unused: Float64Array;
  readonly ofWindow: Float64Array;
}

/** The period of a voice by the autocorrelation's highest peak. @param power spoilt @see Boersma (1993) */
const findPeriod = (power: Float64Array, frequencies: Float64Array, tools: PeriodTools) => {
  const { fft, mirrored, correlation, unused, ofWindow } = tools;
  for (let k = 0; k < power.length; k++) {
    const hz = frequencies[k]!;
    power[k] = hz < 65 || hz > 3500 ? 0 : power[k]! * Math.min(1, hz / 500);
  }
  for (let k = 0; k < FFT_SIZE; k++) mirrored[k] = power[Math.min(k, FFT_SIZE - k)]!;
  fft.forward(mirrored, correlation, unused);
  let periodicity = 0;
  let period = 0;
  for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag++) {
    const [left, here, right] = [correlation[lag - 1]!, correlation[lag]!, correlation[lag + 1]!];
    const height = here / (correlation[0]! * ofWindow[lag]! + 1e-30) - LAG_PRICE * lag;
    if (!(here >= left && here >= right && height > periodicity)) continue;
    periodicity = height;
    // The top of the parabola through the three.
    period = lag + (0.5 * (left - right)) / (left - 2 * here + right + 1e-20);
  }
  return { periodicity, pitch: period > 0 ? 12 * Math.log2(SAMPLE_RATE / period / 100) : 0 };
};

/** Mean, deviation, and the values that 10, 50 and 90 % lie below; of nothing, zeros. */
const describe = (values: readonly number[]): number[] => {
  const all = values.length > 0 ? values : [0];
  const sorted = [...all].sort((a, b) => a - b);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
  return [mean, deviation, ...[0.1, 0.5, 0.9].map((share) => sorted[Math.floor(share * (sorted.length - 1))]!)];
};

/** The first cosine coefficients of a curve after its mean: whether it rises, arches, waves. */
const shapeOf = (values: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, k) =>
    values.length < 2
      ? 0
      : values.reduce(
          (sum, value, i) => sum + value * Math.cos((Math.PI * (k + 1) * (2 * i + 1)) / (2 * values.length)),
          0,
        ) / values.length,
  );

const differences = (values: readonly number[]): number[] => values.slice(1).map((value, i) => value - values[i]!);

/**
 * The statistics of one recording of speech. Absolute level counts: somebody who shouts is loud.
 *
 * @param samples mono, 16 kHz, -1 to 1
 * @returns `VOICE_STATISTIC_COUNT` numbers, in the order of `VOICE_BLOCKS`
 * @throws {InvalidInputError} `audio/empty`: no samples.
 */
export const voiceStatistics = (samples: Float32Array): Float32Array => {
  const frames = listen(samples);
  const loudest = frames.reduce((most, { power }) => Math.max(most, power), 0);
  const isLoud = ({ power }: VoiceFrame): boolean => power >= loudest * 1e-3;
  let first = 0;
  let last = frames.length - 1;
  while (first < last && !isLoud(frames[first]!)) first++;
  while (last > first && !isLoud(frames[last]!)) last--;
  const spoken = frames.slice(first, last + 1);
  const places = [...spoken.keys()];
  const active = places.filter((at) => spoken[at]!.power > loudest * 1e-4);
  const voiced = places.filter((at) => spoken[at]!.periodicity > VOICED && spoken[at]!.power > loudest * 1e-3);
  const pick = (list: readonly number[], of: (frame: VoiceFrame) => number): number[] =>
    list.map((at) => of(spoken[at]!));
  const decibels = spoken.map(({ power }) => 10 * Math.log10(power + 1e-9));
  const levels = describe(active.map((at) => decibels[at]!));
  const pitches = pick(voiced, ({ pitch }) => pitch);
  const pitch = describe(pitches);
  const steps = voiced.flatMap((at, i) =>
    voiced[i - 1] === at - 1 ? [spoken[at]!.pitch - spoken[at - 1]!.pitch] : [],
  );
  const segments = voiced.filter((at, i) => i === 0 || voiced[i - 1]! < at - 1).length;
  const seconds = ((spoken.length - 1) * HOP) / SAMPLE_RATE;
  const isActive = new Set(active);
  const inner = active.filter((at) => isActive.has(at - 2) && isActive.has(at + 2));
  const coefficients = [...Array(COEFFICIENTS).keys()];
  return Float32Array.from([
    ...coefficients.flatMap((k) => describe(pick(active, ({ cepstrum }) => cepstrum[k]!))),
    ...coefficients.flatMap((k) => describe(pick(voiced, ({ cepstrum }) => cepstrum[k]!)).slice(0, 2)),
    ...coefficients.map((k) => {
      const squares = inner.map((at) => (spoken[at + 2]!.cepstrum[k]! - spoken[at - 2]!.cepstrum[k]!) ** 2);
      return Math.log(squares.reduce((sum, value) => sum + value, 0) / Math.max(1, inner.length) + 1e-3);
    }),
    ...[...pitch, pitch[4]! - pitch[2]!],
    ...describe(steps).slice(0, 2),
    ...describe(steps.map(Math.abs)).slice(0, 2),
    ...shapeOf(pitches, PITCH_SHAPE),
    ...[...levels, levels[4]! - levels[2]!],
    ...describe(differences(decibels).map(Math.abs)).slice(0, 2),
    ...shapeOf(decibels, LEVEL_SHAPE),
    seconds,
    voiced.length / spoken.length,
    active.length / spoken.length,
    segments / Math.max(seconds, 0.1),
    voiced.length / Math.max(1, segments),
    ...describe(pick(active, ({ centroid }) => centroid)),
    ...describe(pick(active, ({ rolloff }) => rolloff)),
    ...describe(pick(voiced, ({ tilt }) => tilt)),
    ...describe(pick(active, ({ flux }) => flux)),
    ...describe(pick(voiced, ({ periodicity }) => periodicity)),
    ...coefficients.slice(0, COURSE_COEFFICIENTS).flatMap((k) =>
      shapeOf(
        pick(places, ({ cepstrum }) => cepstrum[k]!),
        COURSE_SHAPE,
      ),
    ),
  ]);
};
