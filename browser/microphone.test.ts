/** The microphone with made-up devices: what is told of each refusal, and that nothing goes on listening. */
import { afterEach, expect, it, vi } from 'vitest';
import { explainMicrophoneError, recordVoice } from './microphone.ts';

afterEach(() => vi.unstubAllGlobals());

const makeTrack = () => Object.assign(new EventTarget(), { readyState: 'live', stop: vi.fn() });

const openWith = (track: ReturnType<typeof makeTrack>): void => {
  const mediaDevices = { getUserMedia: () => Promise.resolve({ getTracks: () => [track] }) };
  vi.stubGlobal('navigator', { mediaDevices });
};

it.each([
  ['NotAllowedError', 'microphone/denied'],
  ['SecurityError', 'microphone/denied'],
  ['NotFoundError', 'microphone/none'],
  ['OverconstrainedError', 'microphone/none'],
  ['NotReadableError', 'microphone/failed'],
  ['AbortError', 'microphone/failed'],
])('%s is told as %s, with a way out', (name, code) => {
  const error = explainMicrophoneError(new DOMException('', name));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/pick a mood by hand\.$/);
});

it('where the page may not open it or cannot record, says so', async () => {
  vi.stubGlobal('navigator', {});
  await expect(recordVoice(() => {})).rejects.toMatchObject({ code: 'microphone/insecure' });
});

it('is off again where the browser opens it and then cannot record', async () => {
  const track = makeTrack();
  openWith(track);
  vi.stubGlobal(
    'MediaRecorder',
    class {
      constructor() {
        throw new DOMException('', 'NotSupportedError');
      }
    },
  );
  await expect(recordVoice(() => {})).rejects.toMatchObject({
    code: 'microphone/failed',
    message: expect.stringMatching(/NotSupportedError/),
  });
  expect(track.stop).toHaveBeenCalled();
});
