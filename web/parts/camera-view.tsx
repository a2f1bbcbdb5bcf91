/** The camera: the notice, the picture with its frames, and what to do when it does not work. */
import { useEffect, useRef } from 'preact/hooks';
import type { CameraSession, Live } from '../camera-session.ts';
import { mood } from '../list.ts';
import { sentence } from '../sentence.ts';
import { cameraAgreed, reader, startOver } from '../stage.ts';
import { text } from '../strings/index.ts';
import { FaceFrames } from './face-frames.tsx';

const Notice = ({ onAgree }: { readonly onAgree: () => void }) => (
  <section class="notice" aria-labelledby="notice-title">
    <h2 id="notice-title">{text().camera.noticeTitle}</h2>
    {text().camera.notice.map((line) => (
      <p key={line}>{line}</p>
    ))}
    <div class="actions">
      <button type="button" class="button primary" onClick={onAgree}>
        {text().camera.agree}
      </button>
      <button type="button" class="button" onClick={startOver}>
        {text().camera.back}
      </button>
    </div>
  </section>
);

const hint = (live: Live | undefined): string => {
  if (!live) return reader.models.value.kind === 'ready' ? '' : text().camera.waiting;
  if (live.silent) return text().camera.silent;
  if (live.covered) return text().camera.covered;
  if (live.faces.length === 0) return text().camera.noFace;
  if (live.faces.length > 1) return text().picture.faces(live.faces.length);
  return mood.value ? '' : text().camera.settling;
};

export const CameraView = ({ session }: { readonly session: CameraSession }) => {
  const video = useRef<HTMLVideoElement>(null);
  const state = session.state.value;
  const live = session.live.value;
  const start = (): void => {
    cameraAgreed.value = true;
    if (video.current) void session.start(video.current);
  };

  useEffect(() => {
    if (cameraAgreed.peek()) start();
    const onVisibility = (): void => {
      const { kind } = session.state.peek();
      if (document.hidden && (kind === 'live' || kind === 'asking')) session.stop({ kind: 'paused' });
    };
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      session.stop({ kind: 'notice' });
    };
  }, [session]);

  const shown = state.kind === 'live';
  return (
    <>
      {state.kind === 'notice' && <Notice onAgree={start} />}
      {state.kind === 'asking' && (
        <p class="plate" role="status">
          {text().camera.asking}
        </p>
      )}
      {state.kind === 'problem' && (
        <section class="plate" role="alert">
          <h2>{state.what === 'unplugged' ? text().camera.unpluggedTitle : text().camera.failedTitle}</h2>
          <p>{state.what === 'unplugged' ? text().camera.unplugged : sentence(state.problem)}</p>
          <button type="button" class="button primary" onClick={start}>
            {text().camera.restart}
          </button>
        </section>
      )}
      {state.kind === 'paused' && (
        <section class="plate" role="status">
          <h2>{text().camera.pausedTitle}</h2>
          <p>{text().camera.paused}</p>
          <button type="button" class="button primary" onClick={start}>
            {text().camera.agree}
          </button>
        </section>
      )}
      <figure class="picture" hidden={!shown}>
        <div class="frame mirrored" style={{ '--ratio': live ? String(live.width / live.height) : String(4 / 3) }}>
          <video ref={video} muted playsInline aria-label={text().camera.live} />
          {live && live.faces.length > 0 && (
            <fieldset class="faces">
              <legend class="unseen">{text().picture.faces(live.faces.length)}</legend>
              <FaceFrames
                faces={live.faces}
                chosen={live.chosen}
                width={live.width}
                height={live.height}
                mirrored
                onChoose={session.choose}
              />
            </fieldset>
          )}
        </div>
        <figcaption>
          <span role="status">{hint(live)}</span>
        </figcaption>
      </figure>
    </>
  );
};
