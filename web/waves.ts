/** A line for each emotion: the mark that tells the seven apart without colour. */
import type { Emotion } from '../src/base/emotions.ts';

const TURN = 2 * Math.PI;

/** Height of the line, -1..1, at a phase counted in turns: angry saws, fear trembles, happy bounces, sad sinks, and so on. */
const SHAPES: Readonly<Record<Emotion, (phase: number) => number>> = {
  angry: (phase) => 1 - 2 * ((2 * phase) % 1),
  disgust: (phase) => 0.62 * Math.sin(TURN * phase) + 0.42 * Math.sin(2 * TURN * phase + 0.9),
  fear: (phase) => (0.5 + 0.4 * Math.sin(TURN * phase)) * Math.sin(4 * TURN * phase),
  happy: (phase) => 2 * Math.abs(Math.sin(TURN * phase)) - 1,
  sad: (phase) => 0.55 - 1.3 * (phase % 1) ** 1.6,
  surprise: (phase) => 1.9 * Math.exp(-(((phase % 1) - 0.5) ** 2) / 0.004) - 0.8,
  neutral: (phase) => 0.22 * Math.sin(TURN * phase),
};

/**
 * The line of one emotion, going over into that of another, as an SVG path.
 *
 * @param turns how often the shape repeats over the width.
 * @param to where the line ends up; it goes over in the middle third. @default the same emotion
 */
export const wavePath = (from: Emotion, width: number, height: number, turns: number, to: Emotion = from): string => {
  const steps = Math.max(24, Math.round(turns * 48));
  const middle = height / 2;
  // Half a stroke stays free above and below.
  const reach = middle - 1.5;
  const points: string[] = [];
  for (let step = 0; step <= steps; step++) {
    const position = step / steps;
    const phase = position * turns;
    const share = smoothStep((position - 1 / 3) * 3);
    // A saw or a sinking line jumps at each turn: the last point belongs to the turn before, not to the next one.
    const inside = step === steps ? phase - 1e-6 : phase;
    const value = (1 - share) * SHAPES[from](inside) + share * SHAPES[to](inside);
    points.push(`${round(position * width)} ${round(middle - Math.max(-1, Math.min(1, value)) * reach)}`);
  }
  return `M${points.join('L')}`;
};

const smoothStep = (value: number): number => {
  const clamped = Math.max(0, Math.min(1, value));
  return clamped * clamped * (3 - 2 * clamped);
};

const round = (value: number): number => Math.round(value * 100) / 100;
