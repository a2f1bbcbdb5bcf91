/** What all sound models have in common: a file that says what it is for and how its pictures are made, and logits out of it. */
import { InvalidInputError } from '../base/errors.ts';
import { type OpenSession, type Session, tensor } from '../graph/session.ts';

/** A sound model that fits what this version feeds it. */
export interface SoundModel {
  readonly session: Session;
  /** What its outputs stand for, in order. */
  readonly labels: readonly string[];
  /** Names the model in what it says of a sound: the task and the first letters of the data's and the settings' sums. */
  readonly version: string;
}

const INPUT = 'sound';
const OUTPUT = 'logits';

export interface SoundModelShape {
  /** `attune.task` in the file. */
  readonly task: string;
  /** Shape of one input, without the batch. */
  readonly inputDims: readonly number[];
  /** How this version makes the inputs: `describePicture` or `describeMelSettings`. */
  readonly settings: string;
  /** @default as many as the file has labels */
  readonly outputs?: number;
}

/**
 * Opens a sound model: input "sound" [batch, ...inputDims], output "logits" [batch, outputs].
 *
 * @throws {InvalidInputError} `model/damaged`: no ONNX file, it does not load, or has other inputs or outputs.
 *   `model/task`: made for something else. `audio/other-settings`: trained with other mel settings; both are named.
 */
export const openSoundModel = async (
  bytes: Uint8Array,
  openSession: OpenSession,
  shape: SoundModelShape,
): Promise<SoundModel> => {
  const session = await openSession(bytes);
  try {
    const { metadata } = session;
    const task = metadata['attune.task'];
    if (task !== shape.task)
      throw new InvalidInputError(
        'model/task',
        `This model is made for ${task ? `"${task}"` : 'an unknown task'}, not for "${shape.task}": give one that "attune train" wrote for it.`,
      );
    const trained = metadata['attune.mel'] ?? 'unknown settings';
    if (trained !== shape.settings)
      throw new InvalidInputError(
        'audio/other-settings',
        `This model was trained on spectrograms with ${trained}, but would be given ${shape.settings}: train it again, or use the version of Attune it was made with.`,
      );
    const labels = (metadata['attune.labels'] ?? '').split(',').filter(Boolean);
    const model = { session, labels, version: metadata['attune.version'] ?? shape.task };
    // One silent picture tells whether it takes and gives the right shapes; it also makes the first reading faster.
    const size = shape.inputDims.reduce((product, dim) => product * dim, 1);
    await runSoundModel(model, new Float32Array(size), shape.inputDims, shape.outputs ?? labels.length);
    return model;
  } catch (error) {
    await session.release();
    throw error;
  }
};

/**
 * @param data one or more inputs, one after another
 * @returns [inputs, outputs]
 * @throws {InvalidInputError} `model/damaged`
 */
export const runSoundModel = async (
  { session }: Pick<SoundModel, 'session'>,
  data: Float32Array,
  inputDims: readonly number[],
  outputs: number,
): Promise<Float32Array> => {
  const damaged = (what: string, cause?: unknown) =>
    new InvalidInputError('model/damaged', `This sound model ${what}: build it again, or give another one.`, { cause });
  const count = data.length / inputDims.reduce((product, dim) => product * dim, 1);
  const found = await session.run({ [INPUT]: tensor(data, [count, ...inputDims]) }).catch((cause: unknown) => {
    throw damaged(`does not take sounds of shape [${[count, ...inputDims]}]`, cause);
  });
  const logits = found[OUTPUT]?.data;
  if (logits?.length !== count * outputs || outputs === 0)
    throw damaged(`gave ${logits?.length ?? 0} numbers for ${count} pictures instead of ${outputs} each`);
  if (!logits.every(Number.isFinite)) throw damaged('gave numbers that are not finite');
  return logits;
};
