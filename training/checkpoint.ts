/** Checkpoints: a training run's whole state in one file that is either complete or not there. */
import { createHash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { InvalidInputError, UnavailableError } from '../src/base/errors.ts';

/** Named flat vectors: parameters, statistics, average, averageStatistics and the optimiser's own. */
export type TrainingState = Readonly<Record<string, Float32Array>>;

const roundSchema = z.object({
  epoch: z.number(),
  learningRate: z.number(),
  trainLoss: z.number(),
  trainAccuracy: z.number(),
  validationLoss: z.number().optional(),
  validationAccuracy: z.number().optional(),
  imagesPerSecond: z.number(),
  seconds: z.number(),
});

/** What one round over Training came to. */
export type Round = z.output<typeof roundSchema>;

const headerSchema = z.object({
  format: z.literal('attune-checkpoint-1'),
  recipe: z.string(),
  settings: z.record(z.string(), z.unknown()),
  dataSha256: z.string(),
  /** The next step to run, counted over all rounds. */
  step: z.number().int(),
  /** Sums over the steps of the round under way. */
  running: z.object({ loss: z.number(), correct: z.number(), count: z.number(), seconds: z.number() }),
  /** Factor on the learning rate that the plateau schedule has come to. */
  plateauFactor: z.number(),
  history: z.array(roundSchema),
  vectors: z.array(z.object({ name: z.string(), length: z.number().int() })),
  sha256: z.string(),
});

export type CheckpointHeader = Omit<z.output<typeof headerSchema>, 'format' | 'vectors' | 'sha256'>;

export interface Checkpoint extends CheckpointHeader {
  readonly state: TrainingState;
}

const asBytes = (vector: Float32Array): Buffer => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);

const sumOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Writes a file of a run whole: under another name first, flushed to disk, then renamed over the last one. A kill at any
 * moment leaves either the last file or this one.
 *
 * @throws {UnavailableError} `checkpoint/write`: the disk is full, or the folder cannot be written; the last file stays.
 */
export const writeWhole = async (path: string, content: Uint8Array | string): Promise<void> => {
  const temporary = `${path}.writing`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    const why = (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'the disk is full' : String(cause);
    throw new UnavailableError(
      'checkpoint/write',
      `${path} could not be written (${why}); the one before it is kept. Make room, then go on with --resume.`,
      { cause },
    );
  }
};

/** @throws {UnavailableError} `checkpoint/write`: see `writeWhole`. */
export const writeCheckpoint = async (path: string, checkpoint: Checkpoint): Promise<void> => {
  const { state, ...rest } = checkpoint;
  const payload = Buffer.concat(Object.values(state).map(asBytes));
  const described = {
    format: 'attune-checkpoint-1',
    ...rest,
    vectors: Object.entries(state).map(([name, vector]) => ({ name, length: vector.length })),
    sha256: sumOf(payload),
  };
  const header = Buffer.from(JSON.stringify({ ...described, headerSha256: sumOf(JSON.stringify(described)) }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  await writeWhole(path, Buffer.concat([length, header, payload]));
};

/** Files of the version before have no sum of their header. */
const parseHeader = (text: string): z.output<typeof headerSchema> => {
  const { headerSha256, ...described } = JSON.parse(text);
  if (headerSha256 !== undefined && headerSha256 !== sumOf(JSON.stringify(described)))
    throw new RangeError('the sum of the header is another one');
  return headerSchema.parse(described);
};

/**
 * @param wayOut what to do where the file is of no use
 * @throws {InvalidInputError} `checkpoint/missing`: there is no file to read. `checkpoint/damaged`: no checkpoint of ours, cut
 *   short, or a checksum does not match.
 */
export const readCheckpoint = async (
  path: string,
  wayOut = 'give that of another run, or train anew in another --out',
): Promise<Checkpoint> => {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new InvalidInputError('checkpoint/missing', `There is no checkpoint ${path} to read: ${wayOut}.`, { cause });
  });
  const damaged = (cause?: unknown) =>
    new InvalidInputError(
      'checkpoint/damaged',
      `${path} is no checkpoint of this version, or it is damaged: ${wayOut}.`,
      { cause },
    );
  if (bytes.length < 4) throw damaged();
  const end = 4 + bytes.readUInt32LE(0);
  let header: z.output<typeof headerSchema>;
  try {
    header = parseHeader(bytes.toString('utf8', 4, end));
  } catch (cause) {
    throw damaged(cause);
  }
  const payload = bytes.subarray(end);
  const expected = header.vectors.reduce((sum, { length }) => sum + 4 * length, 0);
  if (payload.length !== expected || sumOf(payload) !== header.sha256) throw damaged();
  const state: Record<string, Float32Array> = {};
  let offset = 0;
  for (const { name, length } of header.vectors) {
    state[name] = new Float32Array(
      payload.buffer.slice(payload.byteOffset + offset, payload.byteOffset + offset + 4 * length),
    );
    offset += 4 * length;
  }
  const { format: _, vectors: __, sha256: ___, ...rest } = header;
  // Before there was a splitSeed the seed chose the pictures kept for selection.
  const settings = { splitSeed: rest.settings.seed, ...rest.settings };
  return { ...rest, settings, state };
};
