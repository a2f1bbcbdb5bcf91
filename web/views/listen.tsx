/** The first view: on one side a face and its reading, on the other the playlist. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { createCameraSession } from '../camera-session.ts';
import { forgetMood, list, mood, take } from '../list.ts';
import { CameraView } from '../parts/camera-view.tsx';
import { MicrophoneView } from '../parts/microphone-view.tsx';
import { MoodPicker } from '../parts/mood-picker.tsx';
import { PictureView } from '../parts/picture-view.tsx';
import { PlaylistPanel } from '../parts/playlist.tsx';
import { Reading } from '../parts/reading.tsx';
import { SourceButtons } from '../parts/source-picker.tsx';
import { sentence } from '../sentence.ts';
import { type Failed, type Picture, reader, stage, startOver } from '../stage.ts';
import { text } from '../strings/index.ts';

const Start = () => (
  <section class="start">
    <h2 class="display">{text().start.title}</h2>
    <p class="lead">{text().start.lead}</p>
    <SourceButtons primary />
    <p class="hint">
      {text().start.drop} {text().start.private}
    </p>
    <h3 id="by-hand-title">
      {text().start.byHand} <span class="aside">{text().start.byHandHint}</span>
    </h3>
    <MoodPicker labelledBy="by-hand-title" />
  </section>
);

const OtherWays = ({ camera = true }: { readonly camera?: boolean }) => (
  <section class="other-ways">
    <h3 id="other-title">{text().mood.pick}</h3>
    <MoodPicker labelledBy="other-title" />
    <SourceButtons camera={camera} />
  </section>
);

const Working = ({ done, count, what }: { done: number; count: number; what: 'photo' | 'video' | 'voice' }) => {
  const words = text().working;
  return (
    <section class="plate" role="status">
      <h2>{what !== 'video' ? words[what] : count ? words.video(done, count) : words.videoOpening}</h2>
      {reader.models.value.kind === 'loading' && <p>{words.waitingForModels}</p>}
      <progress
        aria-label={words[what === 'video' ? 'videoOpening' : what]}
        max={1}
        {...(count > 0 && { value: done / count })}
      />
      <button type="button" class="button" onClick={startOver}>
        {words.cancel}
      </button>
    </section>
  );
};

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
  const shown = session.shown.value;
  const tracked = shown?.tracked;
  const settled = mood.value?.kind === 'read' ? mood.value : undefined;
  const moved = shown?.certain && tracked && list.value && settled && tracked.emotion !== settled.emotion;
  return (
    <>
      <CameraView session={session} />
      {kind === 'live' && (
        <button type="button" class="button" onClick={() => session.stop({ kind: 'paused' })}>
          {text().camera.stop}
        </button>
      )}
      {moved && tracked.steadySeconds > 2 && (
        <p class="moved" role="status">
          {text().camera.changed(tracked.emotion)}{' '}
          <button
            type="button"
            class="button"
            onClick={() => {
              forgetMood();
              take({ ...tracked, certain: true, quality: [] }, 'camera');
            }}
          >
            {text().camera.follow}
          </button>
        </p>
      )}
      {shown ? (
        <Reading
          scores={shown.tracked.scores}
          emotion={shown.tracked.emotion}
          certain={shown.certain}
          quality={shown.quality}
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
          <span class={`named tone-${emotion}`}>{text().emotion[emotion]}</span>{' '}
          <span class="aside">{text().reading.byHand}</span>
        </h2>
      )}
      <MoodPicker labelledBy="hand-title" />
      <SourceButtons />
    </section>
  );
};

const Problem = (failed: Failed) => {
  const words = text().problem;
  const says = {
    noFace: () => words.noFace,
    noFaceVideo: () => words.noFaceVideo,
    unknownFile: () => (failed.what === 'unknownFile' ? words.unknownFile(failed.name) : ''),
    error: () => (failed.what === 'error' ? sentence(failed.problem) : ''),
  };
  return (
    <>
      <section class="plate" role="alert">
        <h2>{failed.what === 'noFace' || failed.what === 'noFaceVideo' ? words.noFaceTitle : words.title}</h2>
        <p>{says[failed.what]()}</p>
      </section>
      <OtherWays />
    </>
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
    case 'microphone':
      return <MicrophoneView />;
    case 'voice':
      return (
        <>
          <p class="hint">{text().microphone.heard(current.reading.voicedSeconds)}</p>
          <Reading
            {...current.reading}
            quality={[]}
            corrected={mood.value?.kind === 'hand' ? mood.value.emotion : undefined}
          />
        </>
      );
    case 'hand':
      return <Hand />;
    case 'problem':
      return <Problem {...current} />;
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
      {kind !== 'start' && kind !== 'working' && (
        <button type="button" class="link back" onClick={startOver}>
          {text().start.another}
        </button>
      )}
      <StageView />
    </div>
  );
};

export const Listen = () => (
  <main class="listen">
    <StagePanel />
    <PlaylistPanel />
  </main>
);
