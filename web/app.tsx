/** The page: on one side a face and its reading, on the other the playlist. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { createCameraSession } from './camera-session.ts';
import { CameraView } from './parts/camera-view.tsx';
import { MoodPicker } from './parts/mood-picker.tsx';
import { PictureView } from './parts/picture-view.tsx';
import { PlaylistPanel } from './parts/playlist.tsx';
import { Reading } from './parts/reading.tsx';
import { DropAndPaste, SourceButtons } from './parts/source-picker.tsx';
import { Wave } from './parts/wave.tsx';
import { forgetMood, list, mood, type Picture, reader, stage, startOver, take } from './state.ts';
import { text } from './strings.ts';

/** How far the models are: a word in the masthead and its lower edge filling up, so that nothing jumps when they arrive. */
const ModelsLoading = () => {
  const models = reader.models.value;
  if (models.kind !== 'loading') return <span class="edge" />;
  const share = models.totalBytes ? models.loadedBytes / models.totalBytes : undefined;
  return (
    <>
      <p class="models">{text.models.loading(share)}</p>
      <progress class="edge" aria-label={text.models.loading(undefined)} max={1} value={share ?? 0} />
    </>
  );
};

const ModelsFailed = () => {
  const models = reader.models.value;
  if (models.kind !== 'failed') return null;
  return (
    <div class="models-failed" role="alert">
      <p>
        {text.models.failed} <span class="hint">{models.problem.message}</span>
      </p>
      <button type="button" class="button" onClick={reader.retry}>
        {text.models.retry}
      </button>
    </div>
  );
};

const Start = () => (
  <section class="start">
    <h2 class="display">{text.start.title}</h2>
    <p class="lead">{text.start.lead}</p>
    <SourceButtons />
    <p class="hint">
      {text.start.drop}. {text.start.private}
    </p>
    <h3 id="by-hand-title">
      {text.start.byHand} <span class="aside">{text.start.byHandHint}</span>
    </h3>
    <MoodPicker labelledBy="by-hand-title" />
  </section>
);

const OtherWays = ({ camera = true }: { readonly camera?: boolean }) => (
  <section class="other-ways">
    <h3 id="other-title">{text.mood.pick}</h3>
    <MoodPicker labelledBy="other-title" />
    <SourceButtons camera={camera} />
  </section>
);

const Working = ({ done, count, what }: { done: number; count: number; what: 'photo' | 'video' }) => (
  <section class="plate" role="status">
    <h2>
      {what === 'photo' ? text.working.photo : count ? text.working.video(done, count) : text.working.videoOpening}
    </h2>
    {reader.models.value.kind === 'loading' && <p>{text.working.waitingForModels}</p>}
    <progress
      aria-label={text.working[what === 'photo' ? 'photo' : 'videoOpening']}
      max={1}
      {...(count > 0 && { value: done / count })}
    />
    <button type="button" class="button" onClick={startOver}>
      {text.working.cancel}
    </button>
  </section>
);

const PictureStage = ({ picture }: { readonly picture: Picture }) => {
  const face = picture.faces[picture.chosen];
  return (
    <>
      <PictureView picture={picture} />
      {face && <Reading {...face} corrected={mood.value?.kind === 'hand' ? mood.value.emotion : undefined} />}
    </>
  );
};

const CameraStage = () => {
  const session = useMemo(createCameraSession, []);
  const { kind } = session.state.value;
  const live = session.live.value;
  const tracked = live?.tracked;
  const settled = mood.value?.kind === 'read' ? mood.value : undefined;
  const moved = live?.certain && tracked && list.value && settled && tracked.emotion !== settled.emotion;
  return (
    <>
      <CameraView session={session} />
      {kind === 'live' && (
        <button type="button" class="button" onClick={() => session.stop({ kind: 'paused' })}>
          {text.camera.stop}
        </button>
      )}
      {moved && tracked.steadySeconds > 2 && (
        <p class="moved" role="status">
          {text.camera.changed(tracked.emotion)}{' '}
          <button
            type="button"
            class="button"
            onClick={() => {
              forgetMood();
              take({ ...tracked, certain: true, quality: [] });
            }}
          >
            {text.camera.follow}
          </button>
        </p>
      )}
      {tracked ? (
        <Reading
          scores={tracked.scores}
          emotion={tracked.emotion}
          certain={live.certain}
          quality={live.faces[live.chosen]?.quality ?? []}
          live={!(settled && !settled.certain)}
        />
      ) : (
        settled && <Reading {...settled} />
      )}
      {(kind === 'problem' || kind === 'paused') && !settled && <OtherWays camera={false} />}
    </>
  );
};

const Hand = () => {
  const emotion = mood.value?.kind === 'hand' ? mood.value.emotion : undefined;
  return (
    <section class="hand">
      {emotion && (
        <h2 id="hand-title" class="display">
          <span class={`named tone-${emotion}`}>{text.emotion[emotion]}</span>{' '}
          <span class="aside">{text.reading.byHand}</span>
        </h2>
      )}
      <MoodPicker labelledBy="hand-title" />
      <SourceButtons />
    </section>
  );
};

const StageView = () => {
  const current = stage.value;
  switch (current.kind) {
    case 'start':
      return <Start />;
    case 'working':
      return <Working {...current} />;
    case 'picture':
      return <PictureStage picture={current} />;
    case 'camera':
      return <CameraStage />;
    case 'hand':
      return <Hand />;
    case 'problem':
      return (
        <>
          <section class="plate" role="alert">
            <h2>{current.title}</h2>
            <p>{current.message}</p>
          </section>
          <OtherWays />
        </>
      );
  }
};

/** The button that was pressed may be gone with the stage it stood on: then the focus goes to what came in its place. */
const StagePanel = () => {
  const panel = useRef<HTMLDivElement>(null);
  const { kind } = stage.value;
  useEffect(() => {
    if (document.activeElement === document.body && kind !== 'start') panel.current?.focus({ preventScroll: true });
  }, [kind]);
  return (
    <div class="stage" ref={panel} tabIndex={-1}>
      <StageView />
    </div>
  );
};

export const App = () => (
  <>
    <a class="skip" href="#playlist">
      {text.skip}
    </a>
    <header class="masthead">
      <h1 class="brand">
        <Wave emotion="neutral" width={30} height={22} turns={1.5} />
        {text.name}
      </h1>
      <ModelsLoading />
      {stage.value.kind !== 'start' && (
        <button type="button" class="button" onClick={startOver}>
          {text.start.another}
        </button>
      )}
    </header>
    <ModelsFailed />
    <main>
      <StagePanel />
      <PlaylistPanel />
    </main>
    <footer>
      <h2>{text.footer.title}</h2>
      <ul>
        {text.footer.points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
    </footer>
    <DropAndPaste />
  </>
);
