/** Opens the camera and says in plain words why it does not open. */
import { type AttuneError, UnavailableError } from '../src/base/errors.ts';

export interface Camera {
  readonly stream: MediaStream;
  /** Turns the camera off; its light goes out. */
  stop(): void;
}

/**
 * @param onUnplugged called when the camera goes away by itself (unplugged, taken by another program, permission withdrawn).
 * @throws {UnavailableError} `camera/insecure`, `camera/denied`, `camera/none`, `camera/in-use`, `camera/failed`.
 */
export const openCamera = async (onUnplugged: () => void): Promise<Camera> => {
  // Browsers hide the camera from pages that did not come over https:// or from this machine.
  if (!navigator.mediaDevices?.getUserMedia)
    throw new UnavailableError(
      'camera/insecure',
      'Browsers open the camera only for pages on this computer (127.0.0.1) or over https://. ' +
        'Open Attune at one of these, choose a photo, or pick a mood by hand.',
    );
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 }, facingMode: 'user' },
    });
  } catch (cause) {
    throw explainCameraError(cause);
  }
  const tracks = stream.getTracks();
  for (const track of tracks) track.addEventListener('ended', onUnplugged);
  return {
    stream,
    stop: () => {
      for (const track of tracks) {
        track.removeEventListener('ended', onUnplugged);
        track.stop();
      }
    },
  };
};

/** The error of `getUserMedia` as a sentence with the way out. Names: W3C Media Capture and Streams, 10.2. */
export const explainCameraError = (cause: unknown): AttuneError => {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError')
    return new UnavailableError(
      'camera/denied',
      'The browser may not use the camera. Allow it with the camera sign in the address bar (or in the settings of the ' +
        'system) and try again, choose a photo, or pick a mood by hand.',
      { cause },
    );
  if (name === 'NotFoundError' || name === 'OverconstrainedError')
    return new UnavailableError(
      'camera/none',
      'No camera was found. Plug one in and try again, choose a photo, or pick a mood by hand.',
      { cause },
    );
  if (name === 'NotReadableError' || name === 'AbortError')
    return new UnavailableError(
      'camera/in-use',
      'The camera does not answer; another program may be using it. Close that program and try again, ' +
        'choose a photo, or pick a mood by hand.',
      { cause },
    );
  return new UnavailableError(
    'camera/failed',
    `The camera did not start (${name || 'unknown reason'}). Try again, choose a photo, or pick a mood by hand.`,
    { cause },
  );
};
