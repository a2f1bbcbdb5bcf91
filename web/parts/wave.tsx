/** The line of an emotion, as a picture that says nothing to a screen reader: the name always stands beside it. */
import type { Emotion } from '../../src/base/emotions.ts';
import { wavePath } from '../waves.ts';

interface WaveProps {
  readonly emotion: Emotion;
  readonly to?: Emotion;
  readonly width: number;
  readonly height: number;
  readonly turns: number;
  /** Stretches with its box instead of keeping its shape. */
  readonly stretch?: boolean;
}

export const Wave = ({ emotion, to = emotion, width, height, turns, stretch = false }: WaveProps) => (
  <svg
    class={`wave tone-${emotion}`}
    viewBox={`0 0 ${width} ${height}`}
    width={stretch ? undefined : width}
    height={height}
    preserveAspectRatio={stretch ? 'none' : 'xMidYMid meet'}
    aria-hidden="true"
    focusable="false"
  >
    <path d={wavePath(emotion, width, height, turns, to)} vector-effect="non-scaling-stroke" />
  </svg>
);
