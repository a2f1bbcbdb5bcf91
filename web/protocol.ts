/** What the page and its worker say to each other. The worker reads; the page shows. */

import type { VoiceReading } from '../src/audio/voice-mood.ts';
import { AttuneError } from '../src/base/errors.ts';
import type { FaceReading } from '../src/face/read.ts';

/** `modelsUrl` is absolute: a worker knows only its own script's address. */
export type Request =
  | { readonly kind: 'load'; readonly modelsUrl: string }
  | { readonly kind: 'photo'; readonly id: number; readonly file: Blob }
  /** `live`: of a camera, so that faces are where they were in the frame before. */
  | { readonly kind: 'frame'; readonly id: number; readonly bitmap: ImageBitmap; readonly live: boolean }
  /** Mono at 16 kHz. */
  | { readonly kind: 'voice'; readonly id: number; readonly samples: Float32Array };

export type Answer =
  | { readonly kind: 'progress'; readonly loadedBytes: number; readonly totalBytes: number | undefined }
  | { readonly kind: 'ready' }
  | { readonly kind: 'load-failed'; readonly problem: Problem }
  | { readonly kind: 'photo'; readonly id: number; readonly photo: PhotoReading }
  | { readonly kind: 'frame'; readonly id: number; readonly frame: FrameReading }
  | { readonly kind: 'voice'; readonly id: number; readonly voice: VoiceReading }
  | { readonly kind: 'failed'; readonly id: number; readonly problem: Problem };

/** An error on its way through postMessage, which keeps neither its class nor its code. */
export interface Problem {
  readonly code: string;
  readonly message: string;
}

export const toProblem = (error: unknown): Problem =>
  error instanceof AttuneError
    ? { code: error.code, message: error.message }
    : { code: 'page/unexpected', message: error instanceof Error ? error.message : String(error) };

export interface PhotoReading {
  /** The picture upright, small enough to show. */
  readonly picture: ImageBitmap;
  /** px in which `faces` are counted; the picture may be smaller. */
  readonly width: number;
  readonly height: number;
  /** Largest first; empty where no face was found. */
  readonly faces: readonly FaceReading[];
}

export interface FrameReading {
  readonly faces: readonly FaceReading[];
  readonly width: number;
  readonly height: number;
  /** Below it the model that read this frame is not sure. */
  readonly threshold: number;
  /** Mean luma of the whole frame, 0..255: a covered camera is dark all over. */
  readonly brightness: number;
}
