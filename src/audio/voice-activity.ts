/** Tells where somebody speaks, so that silence and noise are answered with "no voice" instead of a mood. */
import { InvalidInputError, NoAnswerError } from '../base/errors.ts';
import { createRealFft } from './fft.ts';
import { createSpectrumReader, fftFrequencies, hannWindow } from './stft.ts';

export interface VoiceOptions {
  /** Hz, at least 8000. @default 16000 */
  readonly sampleRate?: number;
}

export interface VoiceSpan {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

export interface VoiceActivity {
  /** Where somebody speaks, in order; short pauses are bridged. */
  readonly spans: readonly VoiceSpan[];
  /** Frames that sound like a voice, in all, seconds. */
  readonly voicedSeconds: number;
}

/** Quieter than this is silence, whatever it sounds like: RMS, dB below full scale. */
const SILENCE_DB = -65;
const MIN_SAMPLE_RATE = 8000;
/** The limits below come from docs/decisions/0007-audio.md. */
const MIN_PERIODICITY = 0.45;
const MAX_ONE_TONE = 0.97;
const MIN_ABOVE_QUIET_DB = 3;
const MIN_LEVEL_RANGE_DB = 2;
const MIN_PITCH_HZ = 65;
const MAX_PITCH_HZ = 500;
const MIN_VOICED_SECONDS = 0.08;
/** Fewer frames in a row are a click or chance. */
const MIN_RUN_FRAMES = 3;
const BRIDGED_SECONDS = 0.3;
const MARGIN_SECONDS = 0.1;

interface FrameSound {
  readonly db: number;
  /** Height of the autocorrelation's peak within the pitches of a voice, 0 to 1. */
  readonly periodicity: number;
  /** Share of the power in the strongest bin and its neighbours. */
  readonly oneTone: number;
}

const listen = (samples: Float32Array, sampleRate: number, fftSize: number, hopSize: number): FrameSound[] => {
  const reader = createSpectrumReader(samples, { fftSize, hopSize, padMode: 'constant' });
  const frequencies = fftFrequencies(sampleRate, fftSize);
  const fft = createRealFft(fftSize);
  const mirrored = new Float64Array(fftSize);
  const correlation = new Float64Array(reader.binCount);
  const unused = new Float64Array(reader.binCount);
  const windowLags = windowAutocorrelation(fftSize);
  const firstLag = Math.floor(sampleRate / MAX_PITCH_HZ);
  const lastLag = Math.ceil(sampleRate / MIN_PITCH_HZ);
  return Array.from({ length: reader.frameCount }, (_, frame) => {
    reader.read(frame);
    const { power, binCount } = reader;
    let total = 0;
    let strongest = 0;
    for (let k = 0; k < binCount; k++) {
      // Hum and rumble below a voice, and hiss above its vowels, say nothing about pitch.
      if (frequencies[k]! < MIN_PITCH_HZ || frequencies[k]! > 3500) power[k] = 0;
      total += power[k]!;
      if (power[k]! > power[strongest]!) strongest = k;
    }
    let around = 0;
    for (let k = Math.max(0, strongest - 2); k <= Math.min(binCount - 1, strongest + 2); k++) around += power[k]!;
    // Weighing by frequency up to 1 kHz flattens rumble, which would otherwise repeat itself like a low voice.
    for (let k = 0; k < binCount; k++) power[k] = power[k]! * Math.min(1, frequencies[k]! / 1000) ** 2;
    for (let k = 0; k < fftSize; k++) mirrored[k] = power[Math.min(k, fftSize - k)]!;
    fft.forward(mirrored, correlation, unused);
    let periodicity = 0;
    for (let lag = firstLag; lag <= lastLag; lag++) {
      const height = correlation[lag]! / (correlation[0]! * windowLags[lag]!);
      const isPeak = correlation[lag]! >= correlation[lag - 1]! && correlation[lag]! >= correlation[lag + 1]!;
      if (isPeak && height > periodicity) periodicity = height;
    }
    // Of a Hann window's power 3/8 is left; the sum over bins counts each frequency once instead of twice.
    const db = 10 * Math.log10((2 * total) / (fftSize * fftSize * 0.375) + 1e-12);
    return { db, periodicity: total > 0 ? periodicity : 0, oneTone: total > 0 ? around / total : 1 };
  });
};

/** What the window alone does to an autocorrelation, 1 at lag 0: dividing by it leaves the sound's own. */
const windowAutocorrelation = (fftSize: number): Float64Array => {
  const lags = new Float64Array(fftSize / 2 + 1);
  const window = hannWindow(fftSize);
  for (let lag = 0; lag < lags.length; lag++) {
    for (let n = 0; n < fftSize; n++) lags[lag] = lags[lag]! + window[n]! * window[(n + lag) % fftSize]!;
  }
  const whole = lags[0]!;
  return lags.map((sum) => sum / whole);
};

const dropShortRuns = (voiced: readonly boolean[]): boolean[] => {
  const kept = voiced.map(() => false);
  for (let start = 0; start < voiced.length; start++) {
    let end = start;
    while (voiced[end] === true) end += 1;
    if (end - start >= MIN_RUN_FRAMES) kept.fill(true, start, end);
    start = Math.max(start, end - 1);
  }
  return kept;
};

/** Whether the level moves as syllables make it move; hum, a dial tone or a test tone stays where it is. */
const swells = (frames: readonly FrameSound[]): boolean => {
  const levels = frames.map(({ db }) => db).sort((a, b) => a - b);
  const at = (share: number): number => levels[Math.floor(share * (levels.length - 1))] ?? 0;
  return at(0.9) - at(0.1) > MIN_LEVEL_RANGE_DB;
};

const joinSpans = (voiced: readonly boolean[], hopSeconds: number, durationSeconds: number): VoiceSpan[] => {
  const spans: { startSeconds: number; endSeconds: number }[] = [];
  for (const [frame, isVoiced] of voiced.entries()) {
    if (!isVoiced) continue;
    const startSeconds = Math.max(0, frame * hopSeconds - MARGIN_SECONDS);
    const endSeconds = Math.min(durationSeconds, frame * hopSeconds + MARGIN_SECONDS);
    const last = spans.at(-1);
    if (last !== undefined && startSeconds - last.endSeconds <= BRIDGED_SECONDS) last.endSeconds = endSeconds;
    else spans.push({ startSeconds, endSeconds });
  }
  return spans;
};

/**
 * Finds where a voice sounds, by energy (above silence and above the recording's own quiet) and by spectrum (a pitch
 * between 65 and 500 Hz with overtones, not one bare tone, not noise). Music with a pitch counts as a voice too, and a
 * whisper does not.
 *
 * @param samples mono, -1 to 1
 * @throws {InvalidInputError} `audio/empty`: no samples. `audio/setting`: sampleRate below 8000.
 * @see Boersma (1993): the autocorrelation of a windowed frame over that of the window.
 */
export const findVoice = (samples: Float32Array, { sampleRate = 16_000 }: VoiceOptions = {}): VoiceActivity => {
  if (!(sampleRate >= MIN_SAMPLE_RATE && sampleRate < Number.POSITIVE_INFINITY))
    throw new InvalidInputError(
      'audio/setting',
      `sampleRate is ${sampleRate}: give at least ${MIN_SAMPLE_RATE} Hz; a voice's overtones lie up to 3500 Hz.`,
    );
  // Two periods of the lowest pitch fit into a frame of 64 ms.
  const fftSize = 2 ** Math.round(Math.log2(0.064 * sampleRate));
  const hopSize = fftSize / 4;
  const frames = listen(samples, sampleRate, fftSize, hopSize);
  const levels = frames.map(({ db }) => db).sort((a, b) => a - b);
  const quiet = levels[Math.floor(0.1 * (levels.length - 1))]!;
  const loud = levels[Math.floor(0.95 * (levels.length - 1))]!;
  // A clip that is cut to its words has no quiet of its own.
  const least = loud - quiet > 12 ? quiet + MIN_ABOVE_QUIET_DB : SILENCE_DB;
  const voiced = dropShortRuns(
    frames.map(
      ({ db, periodicity, oneTone }) =>
        db > SILENCE_DB && db > least && periodicity > MIN_PERIODICITY && oneTone < MAX_ONE_TONE,
    ),
  );
  const hopSeconds = hopSize / sampleRate;
  if (!swells(frames.filter((_, frame) => voiced[frame]))) return { spans: [], voicedSeconds: 0 };
  return {
    spans: joinSpans(voiced, hopSeconds, samples.length / sampleRate),
    voicedSeconds: voiced.filter(Boolean).length * hopSeconds,
  };
};

/**
 * As `findVoice`, for a caller that can do nothing without a voice.
 *
 * @throws {NoAnswerError} `audio/no-voice`: less than 0.08 s of voice in it.
 * @throws {InvalidInputError} `audio/empty`: no samples.
 */
export const requireVoice = (samples: Float32Array, options: VoiceOptions = {}): VoiceActivity => {
  const activity = findVoice(samples, options);
  if (activity.voicedSeconds >= MIN_VOICED_SECONDS) return activity;
  const seconds = samples.length / (options.sampleRate ?? 16_000);
  throw new NoAnswerError(
    'audio/no-voice',
    `No voice can be heard in ${seconds.toFixed(1)} s of sound: speak closer to the microphone, or give another recording.`,
  );
};
