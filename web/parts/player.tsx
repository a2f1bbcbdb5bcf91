/** The bar at the foot of the window while a file plays. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { brokenFile, playing, playNext, stopPlaying } from '../player.ts';
import { text } from '../strings/index.ts';
import { Icon } from './icon.tsx';
import { SongCurve } from './song-curve.tsx';

export const Player = () => {
  const audio = useRef<HTMLAudioElement>(null);
  const [atSeconds, setAtSeconds] = useState(0);
  const now = playing.value;
  useEffect(() => {
    // A browser may want another click before it plays; its own button is there.
    if (now) audio.current?.play().catch(() => undefined);
  }, [now]);
  const words = text().player;
  if (!now) {
    return brokenFile.value ? (
      <p class="player broken" role="alert">
        {words.broken(brokenFile.value)}
        <button
          type="button"
          class="icon-button"
          aria-label={words.close}
          onClick={() => {
            brokenFile.value = undefined;
          }}
        >
          <Icon name="close" />
        </button>
      </p>
    ) : null;
  }
  return (
    <section class="player" aria-label={words.label}>
      <p class="player-song">
        <b>{now.song.title}</b> <span>{now.song.artist}</span>
      </p>
      {/* biome-ignore lint/a11y/useMediaCaption: music from the listener's own files has no captions. */}
      <audio
        ref={audio}
        src={now.url}
        controls
        onTimeUpdate={(event) => setAtSeconds(event.currentTarget.currentTime)}
        onEnded={playNext}
        onError={() => {
          brokenFile.value = now.file.name;
          stopPlaying();
        }}
      />
      <button type="button" class="icon-button" aria-label={words.next} onClick={playNext}>
        <Icon name="next" />
      </button>
      <button type="button" class="icon-button" aria-label={words.close} onClick={stopPlaying}>
        <Icon name="close" />
      </button>
      <SongCurve file={now.file} atSeconds={atSeconds} />
    </section>
  );
};
