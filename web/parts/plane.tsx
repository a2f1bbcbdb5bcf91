/** The plane of pleasure and arousal: the seven moods, the reading, the songs on their way, and the goal. */
import { useId } from 'preact/hooks';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { type MoodPath, moodPath, moodPosition } from '../../src/music/mood-path.ts';
import { defaultGoal, EMOTION_POSITIONS, type Goal } from '../../src/music/mood-target.ts';
import type { MoodPoint } from '../../src/music/tag-moods.ts';
import { list, mood } from '../list.ts';
import { type Dot, smoothPath } from '../plane.ts';
import { isLive, liveTrail, pointedMood } from '../pointed.ts';
import { text } from '../strings/index.ts';
import { wavePath } from '../waves.ts';
import { placeDots, SongDots, SongName } from './song-dots.tsx';
import { useWidth } from './use-width.ts';

/** Everything that depends on how wide the plane is drawn, px. */
interface Scale {
  readonly width: number;
  readonly height: number;
  readonly isWide: boolean;
  readonly at: (place: MoodPoint) => Dot;
}

const scaleFor = (width: number): Scale => {
  const height = Math.round(Math.max(230, Math.min(400, width * 0.5)));
  return {
    width,
    height,
    isWide: width >= 460,
    at: ({ valence, arousal }) => ({
      x: width / 2 + valence * (width / 2 - 26),
      // Nothing lies at the very top or bottom: the seven moods reach from -0.27 to 0.67.
      y: height * 0.54 - arousal * height * 0.56,
    }),
  };
};

/** Which side of its mark a mood's name stands on: angry, disgust and fear lie close together. */
const NAME_SIDE: Readonly<Record<Emotion, 'left' | 'right' | 'below'>> = {
  angry: 'right',
  disgust: 'right',
  fear: 'left',
  happy: 'right',
  sad: 'below',
  surprise: 'below',
  neutral: 'below',
};

const Axes = ({ width, height, at }: Scale) => {
  const { x, y } = at({ valence: 0, arousal: 0 });
  const { unpleasant, pleasant, awake, rest } = text().plane;
  return (
    <g class="axes">
      <path d={`M0 ${y}H${width}M${x} 0V${height}`} />
      <text x={2} y={y - 7}>
        {unpleasant}
      </text>
      <text x={width - 2} y={y - 7} text-anchor="end">
        {pleasant}
      </text>
      <text x={x + 8} y={15}>
        {awake}
      </text>
      <text x={x + 8} y={height - 6}>
        {rest}
      </text>
    </g>
  );
};

const MoodMark = ({ emotion, scale, strong }: { emotion: Emotion; scale: Scale; strong: boolean }) => {
  const { x, y } = scale.at(EMOTION_POSITIONS[emotion]);
  const side = NAME_SIDE[emotion];
  const [w, h] = scale.isWide ? [30, 13] : [16, 9];
  const gap = w / 2 + 6;
  const name = {
    left: { x: x - gap, y: y + 5, anchor: 'end' },
    right: { x: x + gap, y: y + 5, anchor: 'start' },
    below: { x, y: y + h / 2 + 17, anchor: 'middle' },
  }[side];
  return (
    <g class={`mood-mark tone-${emotion}${strong ? ' strong' : ''}`}>
      <path
        transform={`translate(${(x - w / 2).toFixed(1)} ${(y - h / 2).toFixed(1)})`}
        d={wavePath(emotion, w, h, scale.isWide ? 2 : 1)}
      />
      <text x={name.x} y={name.y} text-anchor={name.anchor}>
        {text().emotion[emotion]}
      </text>
    </g>
  );
};

interface WayProps {
  readonly path: MoodPath;
  /** Emotions whose colours the ends have. */
  readonly from: Emotion;
  readonly to: Emotion;
  readonly scale: Scale;
  readonly name: string;
}

/** The way wanted, in the colours of its ends. */
const Way = ({ path, from, to, scale, name }: WayProps) => {
  const id = useId();
  const [start, end] = [scale.at(path.from), scale.at(path.to)];
  if (Math.hypot(end.x - start.x, end.y - start.y) < 20) return null;
  return (
    <>
      <linearGradient id={id} gradientUnits="userSpaceOnUse" x1={start.x} y1={start.y} x2={end.x} y2={end.y}>
        <stop class={`tone-${from}`} offset="0.1" />
        <stop class={`tone-${to}`} offset="0.9" />
      </linearGradient>
      {/* A box of no height would have no gradient: the line bends by less than a pixel. */}
      <path
        class={`way ${name}`}
        d={smoothPath([start, { x: end.x, y: end.y + 0.01 }])}
        stroke={`url(#${id})`}
        pathLength={1}
      />
    </>
  );
};

/** Which emotion's colour the end of a way has. */
const endOf = (mood: Emotion, goal: Goal): Emotion =>
  (({ match: mood, lift: 'happy', calm: 'neutral' }) as const)[goal];

const Target = ({ place, scale }: { place: MoodPoint; scale: Scale }) => {
  const { x, y } = scale.at(place);
  return (
    <g class="target">
      <circle cx={x} cy={y} r={9} />
      <circle class="core" cx={x} cy={y} r={3} />
      <text x={x} y={y + 25} text-anchor="middle">
        {text().plane.goal}
      </text>
    </g>
  );
};

const You = ({ place, scale, named }: { place: MoodPoint; scale: Scale; named: boolean }) => {
  const { x, y } = scale.at(place);
  return (
    <g class="you">
      <circle cx={x} cy={y} r={named ? 7 : 18} />
      {named && (
        <text x={x - 13} y={y + 5} text-anchor="end">
          {text().plane.you}
        </text>
      )}
    </g>
  );
};

/** Only this part is drawn again with every frame of the camera. */
const LiveYou = ({ scale }: { scale: Scale }) => {
  const trail = liveTrail.value;
  const now = trail.at(-1);
  if (!now) return null;
  return (
    <>
      <path class="trail" d={smoothPath(trail.map(scale.at))} />
      <You place={now} scale={scale} named />
    </>
  );
};

const describe = (from: Emotion | undefined, goal: Goal | undefined, count: number): string => {
  const words = text().plane;
  if (!from || !goal) return words.empty;
  const end = goal === 'match' ? words.noun[from] : (words.goalAt[goal === 'lift' ? 'happy' : 'neutral'] ?? '');
  return words.described(from, end, count);
};

export const Plane = () => {
  const [box, width] = useWidth<HTMLElement>(600);
  const scale = scaleFor(width.value);
  const current = mood.value;
  const recommendation = list.value?.recommendation;
  const preview = current ? undefined : pointedMood.value;
  const from = recommendation?.mood ?? current?.emotion;
  const place = current?.kind === 'read' ? moodPosition(current.scores) : from && EMOTION_POSITIONS[from];
  const goalPlace = recommendation?.path.to;
  const [start, end] = [place && scale.at(place), goalPlace && scale.at(goalPlace)];
  const radius = scale.isWide ? 5 : 4;
  const dots = placeDots(recommendation?.songs ?? [], recommendation?.path.songs ?? [], scale.at, 2 * radius + 4);
  const isFar = start && end && Math.hypot(start.x - end.x, start.y - end.y) > 34;
  return (
    <figure class="plane" ref={box}>
      <svg
        viewBox={`0 0 ${scale.width} ${scale.height}`}
        width={scale.width}
        height={scale.height}
        role="img"
        aria-label={describe(from, recommendation?.goal, recommendation?.songs.length ?? 0)}
      >
        <Axes {...scale} />
        {preview && (
          <Way
            path={moodPath(EMOTION_POSITIONS[preview], defaultGoal(preview))}
            from={preview}
            to={endOf(preview, defaultGoal(preview))}
            scale={scale}
            name="preview"
          />
        )}
        {recommendation && (
          <Way
            key={`${recommendation.mood} ${recommendation.goal}`}
            path={recommendation.path}
            from={recommendation.mood}
            to={endOf(recommendation.mood, recommendation.goal)}
            scale={scale}
            name="made"
          />
        )}
        {recommendation && <SongDots key={recommendation.songs[0]?.song.id} songs={dots} radius={radius} />}
        {EMOTIONS.map((emotion) => (
          <MoodMark key={emotion} emotion={emotion} scale={scale} strong={emotion === (preview ?? from)} />
        ))}
        {goalPlace && isFar && <Target place={goalPlace} scale={scale} />}
        {isLive.value ? (
          <LiveYou scale={scale} />
        ) : (
          place && <You place={place} scale={scale} named={current?.kind === 'read'} />
        )}
        <SongName songs={dots} width={scale.width} />
      </svg>
      <figcaption>{text().plane.hint}</figcaption>
    </figure>
  );
};
