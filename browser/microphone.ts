/** Opens the microphone, records what is said, and says in plain words why it does not open. */
import { type AttuneError, UnavailableError } from '../src/base/errors.ts';

export interface Recording {
  /** How loud it is now, 0..1. */
  level(): number;
  /** Ends the recording; the microphone is off. @returns a sound that `decodeAudio` reads; undefined if nothing was recorded. */
  finish(): Promise<Blob | undefined>;
  /** Ends the recording and forgets it. */
  cancel(): void;
}

/**
 * @param onEnded called when the microphone goes away by itself.
 * @throws {UnavailableError} `microphone/insecure`, `microphone/denied`, `microphone/none`, `microphone/failed`.
 */
export const recordVoice = async (onEnded: () => void): Promise<Recording> => {
  if (!navigator.mediaDevices?.getUserMedia || typeof MediaRecorder !== 'function')
    throw new UnavailableError(
      'microphone/insecure',
      'Browsers open the microphone only for pages on this computer (127.0.0.1) or over https://. ' +
        'Open Attune at one of these, choose a recording, or pick a mood by hand.',
    );
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  } catch (cause) {
    throw explainMicrophoneError(cause);
  }
  try {
    return startRecording(stream, onEnded);
  } catch (cause) {
    // A browser that cannot record must not go on listening.
    for (const track of stream.getTracks()) track.stop();
    throw explainMicrophoneError(cause);
  }
};

const startRecording = (stream: MediaStream, onEnded: () => void): Recording => {
  const tracks = stream.getTracks();
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise<void>((resolve) => {
    recorder.onstop = () => resolve();
  });
  recorder.start();
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  for (const track of tracks) track.addEventListener('ended', onEnded);
  const end = (): void => {
    if (recorder.state !== 'inactive') recorder.stop();
    for (const track of tracks) {
      track.removeEventListener('ended', onEnded);
      track.stop();
    }
    if (context.state !== 'closed') void context.close();
  };
  return {
    level: () => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
      // From -50 dB (a quiet room) to -10 dB (close to the microphone).
      return Math.max(0, Math.min(1, (10 * Math.log10(power + 1e-9) + 50) / 40));
    },
    finish: async () => {
      end();
      await stopped;
      const sound = new Blob(parts, { type: recorder.mimeType });
      return sound.size > 0 ? sound : undefined;
    },
    cancel: end,
  };
};

/** The error of `getUserMedia` as a sentence with the way out. Names: W3C Media Capture and Streams, 10.2. */
export const explainMicrophoneError = (cause: unknown): AttuneError => {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError')
    return new UnavailableError(
      'microphone/denied',
      'The browser may not use the microphone. Allow it with the sign in the address bar (or in the settings of the ' +
        'system) and try again, choose a recording, or pick a mood by hand.',
      { cause },
    );
  if (name === 'NotFoundError' || name === 'OverconstrainedError')
    return new UnavailableError(
      'microphone/none',
      'No microphone was found. Plug one in and try again, choose a recording, or pick a mood by hand.',
      { cause },
    );
  return new UnavailableError(
    'microphone/failed',
    `The microphone did not start (${name || 'unknown reason'}); another program may be using it. Close that program ` +
      'and try again, choose a recording, or pick a mood by hand.',
    { cause },
  );
};
