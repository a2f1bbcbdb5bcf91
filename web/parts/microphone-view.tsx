/** The microphone: the notice, a line that moves with the voice, and what to do when it does not work. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Recording, recordVoice } from '../../browser/microphone.ts';
import { type Problem, toProblem } from '../protocol.ts';
import { sentence } from '../sentence.ts';
import { openVoice, startOver } from '../stage.ts';
import { text } from '../strings/index.ts';
import { clockTime } from '../timeline.ts';

/** A reading needs a few seconds; more than this says little more. */
const MOST_SECONDS = 20;

type State =
  | { readonly kind: 'notice' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'recording'; readonly recording: Recording }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** How loud it was, newest to the right; it tells that the microphone hears something. */
const Level = ({ recording, onFull }: { readonly recording: Recording; readonly onFull: () => void }) => {
  const levels = useSignal<readonly number[]>([]);
  useEffect(() => {
    const timer = setInterval(() => {
      levels.value = [...levels.value, recording.level()];
      if (levels.value.length >= MOST_SECONDS * 10) onFull();
    }, 100);
    return () => clearInterval(timer);
  }, [recording]);
  const shown = levels.value.slice(-80);
  return (
    <>
      <svg class="level" viewBox="0 0 320 48" aria-hidden="true">
        {shown.map((level, index) => {
          const half = 1 + 21 * level;
          return <path key={index} d={`M${4 * index + 2} ${24 - half}v${2 * half}`} />;
        })}
      </svg>
      <p class="hint">
        {clockTime(levels.value.length / 10)} / {clockTime(MOST_SECONDS)}
      </p>
    </>
  );
};

export const MicrophoneView = () => {
  const state = useSignal<State>({ kind: 'notice' });
  const live = useRef<Recording | undefined>(undefined);
  const isGone = useRef(false);
  const words = text().microphone;

  const start = async (): Promise<void> => {
    state.value = { kind: 'asking' };
    try {
      const recording = await recordVoice(() => void finish());
      if (isGone.current) return recording.cancel();
      live.current = recording;
      state.value = { kind: 'recording', recording };
    } catch (error) {
      state.value = { kind: 'problem', problem: toProblem(error) };
    }
  };
  const finish = async (): Promise<void> => {
    const recording = live.current;
    // A full recording says so ten times a second until it is over.
    if (!recording) return;
    live.current = undefined;
    const sound = await recording.finish();
    if (sound) await openVoice(sound);
    else startOver();
  };

  useEffect(() => {
    // Nobody is recorded out of sight.
    const onVisibility = (): void => {
      if (!document.hidden || !live.current) return;
      live.current.cancel();
      live.current = undefined;
      state.value = { kind: 'notice' };
    };
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      isGone.current = true;
      document.removeEventListener('visibilitychange', onVisibility);
      live.current?.cancel();
    };
  }, []);

  const current = state.value;
  switch (current.kind) {
    case 'notice':
      return (
        <section class="notice" aria-labelledby="notice-title">
          <h2 id="notice-title">{words.noticeTitle}</h2>
          {words.notice.map((line) => (
            <p key={line}>{line}</p>
          ))}
          <div class="actions">
            <button type="button" class="button primary" onClick={() => void start()}>
              {words.agree}
            </button>
            <button type="button" class="button" onClick={startOver}>
              {text().camera.back}
            </button>
          </div>
        </section>
      );
    case 'asking':
      return (
        <p class="plate" role="status">
          {words.asking}
        </p>
      );
    case 'recording':
      return (
        <section class="plate" aria-labelledby="recording-title">
          <h2 id="recording-title">{words.recording}</h2>
          <p>{words.speak}</p>
          <Level recording={current.recording} onFull={() => void finish()} />
          <div class="actions">
            <button type="button" class="button primary" onClick={() => void finish()}>
              {words.done}
            </button>
            <button type="button" class="button" onClick={startOver}>
              {text().working.cancel}
            </button>
          </div>
        </section>
      );
    case 'problem':
      return (
        <section class="plate" role="alert">
          <h2>{words.failedTitle}</h2>
          <p>{sentence(current.problem)}</p>
          <button type="button" class="button primary" onClick={() => void start()}>
            {text().camera.restart}
          </button>
        </section>
      );
  }
};
