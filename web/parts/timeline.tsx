/** The mood through a video: each stretch drawn in its mood's own line. */

import { text } from '../strings/index.ts';
import { clockTime, type Moment, spansOf } from '../timeline.ts';
import { wavePath } from '../waves.ts';
import { useWidth } from './use-width.ts';

const HEIGHT = 26;
/** A name is written where there is room for it. */
const NAME_WIDTH = 74;

export const Timeline = ({ moments }: { readonly moments: readonly Moment[] }) => {
  const [box, width] = useWidth<HTMLElement>(400);
  const spans = spansOf(moments);
  const [from, to] = [spans[0]?.fromSeconds ?? 0, spans.at(-1)?.toSeconds ?? 0];
  if (to <= from) return null;
  const x = (seconds: number): number => ((seconds - from) / (to - from)) * width.value;
  const words = text().timeline;
  const said = spans.map((span) => words.span(span.emotion, clockTime(span.fromSeconds), clockTime(span.toSeconds)));
  return (
    <figure class="timeline" ref={box}>
      <svg
        viewBox={`0 0 ${width.value} ${HEIGHT + 20}`}
        width={width.value}
        height={HEIGHT + 20}
        role="img"
        aria-label={`${words.title}: ${said.join('; ')}`}
      >
        {spans.map(({ emotion, fromSeconds, toSeconds }, index) => {
          const [left, right] = [x(fromSeconds), x(toSeconds)];
          const length = Math.max(2, right - left - (index < spans.length - 1 ? 3 : 0));
          return (
            <g key={fromSeconds} class={`tone-${emotion}`} transform={`translate(${left.toFixed(1)} 0)`}>
              <path d={wavePath(emotion, length, HEIGHT, Math.max(0.5, Math.round(length / 18)))} />
              {length > NAME_WIDTH && (
                <text x={0} y={HEIGHT + 16}>
                  {text().emotion[emotion]}
                </text>
              )}
            </g>
          );
        })}
        <text x={width.value} y={HEIGHT + 16} text-anchor="end">
          {clockTime(to)}
        </text>
      </svg>
    </figure>
  );
};
