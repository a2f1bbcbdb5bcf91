/** The training workers, spoken to as one. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AttuneError, InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import { buildGradientStep, type Network } from '../src/graph/build.ts';
import { breakBarrier, createBarrierMemory } from './barrier.ts';
import type { TrainingState } from './checkpoint.ts';
import type { PreparedData } from './prepare-data.ts';
import type { Settings } from './recipes/settings.ts';
import type { WorkerReply, WorkerRequest, WorkerSetup } from './train-worker.ts';

/** How long a worker may take to let go of its device; ended in the middle of its work, the runtime aborts. */
const DISMISS_MS = 20_000;

export interface Crew {
  all(request: WorkerRequest): Promise<WorkerReply[]>;
  run(request: Extract<WorkerRequest, { kind: 'run' }>): Promise<{ loss: number; correct: number; count: number }>;
  state(): Promise<TrainingState>;
  /** Logits of the averaged weights on validation; `asShipped` through all views of the model file. */
  validate(asShipped?: boolean): Promise<{ logits: Float32Array; rows: Int32Array }>;
  dismiss(): Promise<void>;
}

const sharedBytes = (bytes: Uint8Array): Uint8Array => {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
};

const sharedFloats = (values: Float32Array): Float32Array => {
  const copy = new Float32Array(new SharedArrayBuffer(4 * values.length));
  copy.set(values);
  return copy;
};

export const hireWorkers = (
  recipe: string,
  settings: Settings,
  data: PreparedData,
  network: Network,
  device: 'cpu' | 'webgpu',
  count: number,
): Crew => {
  if (settings.batch % count !== 0)
    throw new InvalidInputError('train/batch', `A batch of ${settings.batch} does not split over ${count} workers.`);
  const { size } = settings;
  const { layout } = buildGradientStep({ network, inputDims: [1, size, size], batch: 1 });
  const exchange = Array.from(
    { length: count },
    () => new SharedArrayBuffer(4 * (layout.parameterCount + layout.statisticCount)),
  );
  const barrier = createBarrierMemory();
  const images = sharedBytes(data.set.images);
  const teacher = data.teacher && sharedFloats(data.teacher.scores);
  const extension = extname(import.meta.url);
  const workers = Array.from({ length: count }, (_, rank) => {
    const workerData: WorkerSetup = {
      recipe,
      settings,
      device,
      rank,
      workers: count,
      images,
      labels: data.set.labels,
      votes: data.set.votes,
      teacher,
      validation: data.validation,
      exchange,
      barrier,
    };
    const url = new URL(`./train-worker${extension}`, import.meta.url);
    if (extension === '.js') return new Worker(url, { workerData });
    // Sources (tests, scripts) go through tsx, which must be registered inside each thread.
    const start = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(url.href)}); })`;
    return new Worker(start, { workerData, eval: true });
  });
  const only = <K extends WorkerReply['kind']>(kind: K, replies: WorkerReply[]) =>
    replies.filter((reply): reply is Extract<WorkerReply, { kind: K }> => reply.kind === kind);
  /** Why each worker that is no longer there went. */
  const deaths = new Map<Worker, AttuneError>();
  for (const worker of workers) {
    const bury = (why: string, cause?: unknown): void => {
      if (!deaths.has(worker))
        deaths.set(worker, new AttuneError('train/worker', `A training worker stopped: ${why}.`, { cause }));
      // The others would wait for it for ever.
      breakBarrier(barrier);
    };
    worker.once('error', (cause) => bury(plainReason(cause instanceof Error ? cause.message : String(cause)), cause));
    worker.once('exit', (code) => bury(`it ended with code ${code}`));
  }
  const ask = (worker: Worker, request: WorkerRequest): Promise<WorkerReply> =>
    new Promise((resolve, reject) => {
      const dead = deaths.get(worker);
      if (dead) return reject(dead);
      const settle = (act: () => void): void => {
        worker.off('message', onReply);
        worker.off('exit', onExit);
        act();
      };
      const onReply = (reply: WorkerReply): void => settle(() => resolve(reply));
      const onExit = (): void => settle(() => reject(deaths.get(worker)));
      worker.on('message', onReply);
      worker.on('exit', onExit);
      worker.postMessage(request);
    });
  const askEach = async (asked: readonly Worker[], request: WorkerRequest): Promise<WorkerReply[]> => {
    // Every worker answers, even when one fails: that one calls the others off.
    const replies = await Promise.all(asked.map((worker) => ask(worker, request)));
    const [failed] = only('failed', replies);
    if (failed) throw trainingFailure(failed, device);
    return replies;
  };
  const all = (request: WorkerRequest): Promise<WorkerReply[]> => askEach(workers, request);
  return {
    all,
    run: async (request) => {
      const sum = { loss: 0, correct: 0, count: 0 };
      for (const part of only('ran', await all(request))) {
        sum.loss += part.loss;
        sum.correct += part.correct;
        sum.count += part.count;
      }
      return sum;
    },
    // All workers hold the same state: the first one's is enough.
    state: async () => only('state', await askEach(workers.slice(0, 1), { kind: 'state' }))[0]!.state,
    validate: async (asShipped = false) => {
      const parts = only('validated', await all({ kind: 'validate', asShipped }));
      return {
        logits: Float32Array.from(parts.flatMap(({ logits }) => [...logits])),
        rows: Int32Array.from(parts.flatMap(({ rows }) => [...rows])),
      };
    },
    dismiss: async () => {
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise((resolve) => {
        timer = setTimeout(resolve, DISMISS_MS);
      });
      const closed = workers.map((worker) => ask(worker, { kind: 'close' }).catch(() => {}));
      await Promise.race([Promise.all(closed), patience]);
      clearTimeout(timer);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
};

/** @param step counted from 0 over all rounds */
export const divergedAt = (what: string, step: number): AttuneError =>
  new AttuneError(
    'train/diverged',
    `${what} at step ${step + 1}: what was saved before is kept. Start in another --out with a lower learningRate or with clipNorm; --set startFrom=RUN/checkpoint.bin begins with the weights kept.`,
  );

/** Without the runtime's own source lines, which stand before what it has to say, and on one line. */
const plainReason = (message: string): string =>
  message
    .replace(/^\S*onnxruntime\S* .* was false\. /s, '')
    .replace(/\s+/g, ' ')
    .trim();

export const trainingFailure = (
  reply: Extract<WorkerReply, { kind: 'failed' }>,
  device: 'cpu' | 'webgpu',
): AttuneError => {
  if (reply.step !== undefined) return divergedAt(reply.message, reply.step);
  const reason = plainReason(reply.message);
  if (device === 'webgpu')
    return new UnavailableError(
      'train/webgpu',
      `WebGPU does not work here (${reason}): use --device cpu, or install a Vulkan driver.`,
    );
  return new AttuneError('train/worker', `A training worker failed: ${reason}.`);
};
