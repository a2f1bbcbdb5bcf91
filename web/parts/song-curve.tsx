/** Under the player: the mood over the song's time, how far the hearing of it is, and files that sound alike. */
import { useEffect } from 'preact/hooks';
import { files, playFile } from '../player.ts';
import { sentence } from '../sentence.ts';
import { curvePieces } from '../song-curve.ts';
import {
  comparing,
  type HeardSong,
  hasSongModel,
  hearAll,
  hearForPlayer,
  hearing,
  soundsLike,
  stopHearing,
} from '../song-hearing.ts';
import { text } from '../strings/index.ts';
import { clockTime } from '../timeline.ts';
import { useWidth } from './use-width.ts';

const HEIGHT = 44;
/** A name is written where there is room for it, px. */
const NAME_WIDTH = 74;
/** More than these would bury the list under the player. */
const ALIKE = 5;

const Curve = ({ song, atSeconds }: { readonly song: HeardSong; readonly atSeconds: number }) => {
  const [box, width] = useWidth<HTMLElement>(400);
  const words = text();
  const pieces = curvePieces(song.curve, song.seconds, width.value, HEIGHT);
  const said = pieces.map(({ emotion, fromSeconds, toSeconds }) =>
    words.timeline.span(emotion, clockTime(fromSeconds), clockTime(toSeconds)),
  );
  const at = (Math.min(atSeconds, song.seconds) / song.seconds) * width.value;
  return (
    <figure class="song-curve" ref={box}>
      <svg
        viewBox={`0 0 ${width.value} ${HEIGHT + 18}`}
        width={width.value}
        height={HEIGHT + 18}
        role="img"
        aria-label={`${words.player.curve}: ${said.join('; ')}`}
      >
        <path class="middle" d={`M0 ${HEIGHT / 2}H${width.value}`} />
        {pieces.map(({ emotion, path, left, right }) => (
          <g key={left} class={`tone-${emotion}`}>
            <path d={path} />
            {right - left > NAME_WIDTH && (
              <text x={left} y={HEIGHT + 14}>
                {words.emotion[emotion]}
              </text>
            )}
          </g>
        ))}
        <path class="now" d={`M${at.toFixed(1)} 0V${HEIGHT}`} />
      </svg>
    </figure>
  );
};

const Alike = ({ file }: { readonly file: File }) => {
  const words = text().player;
  const others = files.value.filter((other) => other !== file);
  if (others.length === 0) return null;
  const progress = comparing.value;
  if (!progress)
    return (
      <button type="button" class="link" onClick={() => void hearAll(others)}>
        {words.findAlike}
      </button>
    );
  if (progress.done < progress.count)
    return (
      <p class="working" role="status">
        {words.comparing(progress.done, progress.count)}{' '}
        <button type="button" class="link" onClick={stopHearing}>
          {words.stopHearing}
        </button>
      </p>
    );
  const alike = soundsLike(file, others, ALIKE);
  return (
    <div class="alike" role="status">
      <p>{alike.length > 0 ? words.alike : words.noneAlike}</p>
      <ul>
        {alike.map((other) => (
          <li key={other.name}>
            <button type="button" class="link" onClick={() => playFile(other)}>
              {other.name.replace(/\.[^.]+$/, '')}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
};

/** @param atSeconds how far the song has played */
export const SongCurve = ({ file, atSeconds }: { readonly file: File; readonly atSeconds: number }) => {
  useEffect(() => {
    void hearForPlayer(file);
    return stopHearing;
  }, [file]);
  const state = hearing.value;
  const words = text().player;
  if (!hasSongModel || state?.file !== file) return null;
  return (
    <div class="player-curve">
      {state.kind === 'working' && (
        <p class="working">
          <progress aria-label={words.hearing} max={1} value={state.share} /> <span>{words.hearing}</span>{' '}
          <button type="button" class="link" onClick={stopHearing}>
            {words.stopHearing}
          </button>
        </p>
      )}
      {state.kind === 'stopped' && (
        <p class="working">
          {words.stopped}{' '}
          <button type="button" class="link" onClick={() => void hearForPlayer(file)}>
            {words.hearAgain}
          </button>
        </p>
      )}
      {state.kind === 'failed' && <p role="status">{sentence(state.problem)}</p>}
      {state.kind === 'heard' && (
        <>
          <Curve song={state.song} atSeconds={atSeconds} />
          <Alike file={file} />
        </>
      )}
    </div>
  );
};
