/** The thread that hears songs, one after the other; spoken to by song-listener.ts. */
import { readFile } from 'node:fs/promises';
import { constants, getPriority, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { joinSamples } from '../src/audio/resample.ts';
import { analyseSong, type SongAnalysis } from '../src/audio/song-sound.ts';
import { AttuneError } from '../src/base/errors.ts';
import { readAudio } from './decode-audio.ts';
import { pathBytes } from './import/music-file.ts';
import { loadSongModel } from './sound-models.ts';

export interface SongRequest {
  readonly id: number;
  /** Of the file; a name that is no UTF-8 as a file:// address. */
  readonly path: string;
}

/** An error as it goes from thread to thread, which keeps no classes. */
export interface SongFault {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
}

export type SongReply =
  | { readonly kind: 'ready'; readonly version: string }
  | { readonly kind: 'unready'; readonly fault: SongFault }
  | { readonly kind: 'heard'; readonly id: number; readonly analysis: SongAnalysis }
  | { readonly kind: 'failed'; readonly id: number; readonly fault: SongFault };

/** What the analysis listens to of a long recording. */
const HEARD_SECONDS = 600;

const post = (reply: SongReply): void => parentPort?.postMessage(reply);

const faultOf = (error: unknown): SongFault =>
  error instanceof AttuneError
    ? { name: error.name, code: error.code, message: error.message }
    : { name: 'Error', message: error instanceof Error ? error.message : String(error) };

/** Only Linux lowers one thread; elsewhere the whole program would be slowed, for good. ffmpeg inherits it. */
const stepBack = (): void => {
  const { PRIORITY_BELOW_NORMAL } = constants.priority;
  if (process.platform === 'linux' && getPriority() < PRIORITY_BELOW_NORMAL) setPriority(PRIORITY_BELOW_NORMAL);
};

const decodeBeginning = async (path: string): Promise<Float32Array> => {
  const sound = path.startsWith('file://') ? await readFile(pathBytes(path)) : path;
  const pieces: Float32Array[] = [];
  for await (const piece of readAudio(sound, { untilSeconds: HEARD_SECONDS })) pieces.push(piece);
  return joinSamples(pieces);
};

const start = async (): Promise<void> => {
  stepBack();
  const model = await loadSongModel();
  let turn = Promise.resolve();
  const hear = async ({ id, path }: SongRequest): Promise<void> => {
    try {
      post({ kind: 'heard', id, analysis: await analyseSong(await decodeBeginning(path), model) });
    } catch (error) {
      post({ kind: 'failed', id, fault: faultOf(error) });
    }
  };
  parentPort?.on('message', (request: SongRequest) => {
    turn = turn.then(() => hear(request));
  });
  post({ kind: 'ready', version: model.version });
};

start().catch((error: unknown) => post({ kind: 'unready', fault: faultOf(error) }));
