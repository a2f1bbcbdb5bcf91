/** Reads the seven emotions out of framed faces. */
import { EMOTIONS, type EmotionScores } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';
import { type OpenSession, type Session, type Tensor, tensor } from '../graph/session.ts';
import { FACE_SIZE } from './align.ts';
import { isPreprocessor, PREPROCESSORS, type PreprocessorName } from './preprocessors.ts';

/** An expression model, opened with `openExpressionModel`. */
export interface ExpressionModel {
  readonly session: Session;
  /** A reading whose likeliest emotion has a lower probability counts as "not sure", 0..1. */
  readonly threshold: number;
  /** What the model's pictures were put through in training, and each face is before it is read. @default 'none' */
  readonly preprocess?: PreprocessorName;
}

const INPUT = 'pixels';
const OUTPUT = 'logits';
const PIXELS = FACE_SIZE * FACE_SIZE;

/**
 * Opens an expression model: input "pixels" [batch, 1, 48, 48] in 0..255, output "logits" [batch, 7] whose softmax
 * gives calibrated probabilities.
 *
 * @throws {InvalidInputError} `model/damaged`: the bytes are no ONNX file, or it does not load, or takes or gives other
 *   shapes, or its threshold is no probability.
 * @throws {InvalidInputError} `model/task`: the model was made for something else.
 * @throws {InvalidInputError} `model/labels`: its labels are not `EMOTIONS`, in that order.
 */
export const openExpressionModel = async (bytes: Uint8Array, openSession: OpenSession): Promise<ExpressionModel> => {
  const session = await openSession(bytes);
  try {
    const model = { session, ...checkModel(session) };
    // One blank face tells whether the network takes and gives the right shapes; it also makes the first reading faster.
    await readExpressions([tensor(new Float32Array(PIXELS), [1, 1, FACE_SIZE, FACE_SIZE])], model);
    return model;
  } catch (error) {
    await session.release();
    throw error;
  }
};

/** Checks what a model file says about itself; gives its threshold and its preprocessing. */
const checkModel = ({
  metadata,
  inputNames,
  outputNames,
}: Session): { threshold: number; preprocess: PreprocessorName } => {
  const task = metadata['attune.task'];
  if (task !== 'expression')
    throw new InvalidInputError(
      'model/task',
      `This model is made for ${task ? `"${task}"` : 'an unknown task'}, not for "expression": ` +
        'give one that "attune train" wrote.',
    );
  const labels = metadata['attune.labels'] ?? '';
  if (labels !== EMOTIONS.join(','))
    throw new InvalidInputError(
      'model/labels',
      `This model's labels are "${labels}", expected "${EMOTIONS.join(',')}": train it again with the labels in this order.`,
    );
  if (!inputNames.includes(INPUT) || !outputNames.includes(OUTPUT))
    throw new InvalidInputError(
      'model/damaged',
      `This model takes "${inputNames}" and gives "${outputNames}", expected "${INPUT}" and "${OUTPUT}": build it again.`,
    );
  const threshold = Number.parseFloat(metadata['attune.threshold'] ?? '');
  if (!(threshold >= 0 && threshold <= 1))
    throw new InvalidInputError(
      'model/damaged',
      `This model's "attune.threshold" is "${metadata['attune.threshold'] ?? ''}", expected a number from 0 to 1: build it again.`,
    );
  const preprocess = metadata['attune.preprocess'] ?? 'none';
  if (!isPreprocessor(preprocess))
    throw new InvalidInputError(
      'model/damaged',
      `This model's "attune.preprocess" is "${preprocess}", expected one of ${Object.keys(PREPROCESSORS).join(', ')}: build it again, or update Attune.`,
    );
  return { threshold, preprocess };
};

/**
 * Probabilities of the seven emotions for each face.
 *
 * @param faces shape [1, 1, 48, 48] each, luma 0..255, as `alignFace` gives them; all go through the network in one run.
 */
export const readExpressions = async (faces: readonly Tensor[], model: ExpressionModel): Promise<EmotionScores[]> => {
  if (faces.length === 0) return [];
  const pixels = new Float32Array(faces.length * PIXELS);
  for (const [index, face] of faces.entries()) {
    if (face.data.length !== PIXELS)
      throw new InvalidInputError(
        'photo/shape',
        `A framed face has shape [${face.dims}], expected [1,1,${FACE_SIZE},${FACE_SIZE}].`,
      );
    pixels.set(prepareFace(face.data, model.preprocess), index * PIXELS);
  }
  const logits = await runModel(model.session, tensor(pixels, [faces.length, 1, FACE_SIZE, FACE_SIZE]));
  return faces.map((_, index) => softmax(logits.subarray(index * EMOTIONS.length, (index + 1) * EMOTIONS.length)));
};

/**
 * One framed face as the model wants it.
 *
 * @param face [48, 48], luma 0..255
 */
export const prepareFace = (face: Float32Array, preprocess: PreprocessorName = 'none'): Float32Array =>
  PREPROCESSORS[preprocess]({ width: FACE_SIZE, height: FACE_SIZE, data: face }).data;

/** The network's numbers, seven for each face. */
const runModel = async (session: Session, pixels: Tensor): Promise<Float32Array> => {
  const damaged = (what: string, cause?: unknown) =>
    new InvalidInputError('model/damaged', `This expression model ${what}: build it again, or give another one.`, {
      cause,
    });
  const outputs = await session.run({ [INPUT]: pixels }).catch((cause: unknown) => {
    throw damaged(`does not take pictures of shape [${pixels.dims}]`, cause);
  });
  const logits = outputs[OUTPUT]?.data;
  const faceCount = pixels.dims[0]!;
  if (logits?.length !== faceCount * EMOTIONS.length)
    throw damaged(`gave ${logits?.length ?? 0} numbers for ${faceCount} faces instead of ${EMOTIONS.length} each`);
  if (!logits.every(Number.isFinite)) throw damaged('gave numbers that are not finite');
  return logits;
};

const softmax = (logits: Float32Array): EmotionScores => {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return Object.fromEntries(EMOTIONS.map((emotion, index) => [emotion, powers[index]! / sum])) as Record<
    (typeof EMOTIONS)[number],
    number
  >;
};
