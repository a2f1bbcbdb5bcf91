/** The settings of a training run: every number a recipe may choose, checked once, each changeable by `--set`. */
import { z } from 'zod';
import { InvalidInputError } from '../../src/base/errors.ts';
import { PREPROCESSOR_NAMES } from '../../src/face/preprocessors.ts';
import { VIEWS } from './in-use.ts';

const share = z.number().min(0).max(1);
const positiveInteger = z.number().int().positive();

/** Defaults are those of `compact`; a recipe is a short list of differences. */
export const settingsSchema = z.strictObject({
  seed: z.number().int().nonnegative().default(1).describe('first weights, order and augmentation'),
  splitSeed: z
    .number()
    .int()
    .nonnegative()
    .default(1)
    .describe('which pictures of Training are kept for selection: runs of different seeds share them'),
  epochs: positiveInteger.default(60).describe('rounds over Training'),
  startFrom: z
    .string()
    .default('')
    .describe(
      'checkpoint of another run whose weights this one begins with, where names and shapes agree; empty: none',
    ),
  batch: positiveInteger.default(128).describe('pictures a step, over all workers'),
  size: z.number().int().min(8).max(48).default(48).describe('side of the pictures the network sees, px'),
  startSize: z.number().int().min(0).max(48).default(0).describe('side during the first rounds, px; 0: same as size'),
  startShare: share.default(0).describe('share of the rounds at startSize'),
  optimizer: z.enum(['sgd', 'adamw']).default('sgd').describe('sgd (Nesterov) or adamw'),
  learningRate: z.number().positive().default(0.1).describe('highest learning rate'),
  warmupEpochs: z.number().min(0).default(1).describe('rounds of linear warm-up'),
  schedule: z.enum(['cosine', 'plateau', 'constant']).default('cosine').describe('how the learning rate falls'),
  plateauEpochs: positiveInteger.default(5).describe('plateau: rounds without a better validation loss before halving'),
  momentum: share.default(0.9).describe('sgd: Nesterov momentum'),
  weightDecay: z.number().min(0).default(5e-4).describe('of weights, not of biases and normalisation'),
  clipNorm: z.number().min(0).default(0).describe('longest gradient; 0: no limit'),
  averageDecay: share.default(0.999).describe('decay a step of the moving average of weights that is kept'),
  labelSmoothing: share.default(0.1).describe('share of each label spread over all classes'),
  mixupAlpha: z.number().min(0).default(0).describe('mixup: Beta(alpha, alpha); 0: off'),
  votesShare: share.default(0).describe('share of the target taken from FERPlus votes, where there are any'),
  teacher: z
    .string()
    .default('')
    .describe('models whose mean probabilities are part of the target (.onnx files, separated by commas); empty: none'),
  teacherShare: share.default(0.6).describe('share of the target taken from the teacher'),
  auxiliaryWeight: z
    .number()
    .min(0)
    .default(0)
    .describe('weight of a second head that learns the FERPlus votes; 0: none'),
  validationShare: z.number().gt(0).lt(1).default(0.1).describe('share of Training kept for selection'),
  nearCopies: z
    .boolean()
    .default(false)
    .describe('keep near copies, not only identical pictures, on one side of the validation split'),
  validateEvery: positiveInteger.default(1).describe('rounds between two looks at validation'),
  patience: z.number().int().min(0).default(0).describe('stop after so many looks without a better one; 0: never'),
  clean: z.boolean().default(true).describe('leave blank pictures and contradictory copies out of Training'),
  limit: z.number().int().min(0).default(0).describe('use only so many pictures of Training; 0: all'),
  preprocess: z
    .enum(PREPROCESSOR_NAMES)
    .default('none')
    .describe('what every picture is put through first (src/face/preprocessors.ts); the model file remembers it'),
  dropout: z.number().min(0).lt(1).default(0.2).describe('before the classifier'),
  widths: z.array(positiveInteger).default([]).describe('filters of the stem and of each stage; empty: the recipe’s'),
  blocks: z.array(positiveInteger).default([]).describe('residual blocks of each stage; empty: the recipe’s'),
  views: z.number().int().min(1).max(VIEWS.length).default(1).describe('views of a picture the model averages in use'),
  storage: z.enum(['float32', 'float16', 'int8']).default('float16').describe('how the model file holds weights'),
  flip: share.default(0.5).describe('augmentation: probability of mirroring'),
  shift: share.default(0.08).describe('augmentation: largest shift, share of the side'),
  scale: z.number().min(0).lt(1).default(0.15).describe('augmentation: largest change of size'),
  rotation: z.number().min(0).max(180).default(11).describe('augmentation: largest turn, degrees'),
  erasing: share.default(0.4).describe('augmentation: probability of erasing a rectangle'),
  brightness: share.default(0).describe('augmentation: largest brightness change, share of 255'),
  contrast: z.number().min(0).lt(1).default(0).describe('augmentation: largest contrast change'),
});

export type Settings = z.output<typeof settingsSchema>;

/** A value as typed after `--set key=`: a number, true/false, a list with commas, or a text. */
const parseValue = (text: string, key: string): unknown => {
  if (key === 'widths' || key === 'blocks') return text.split(',').map(Number);
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
};

/**
 * A recipe's settings with changes on top.
 *
 * @param changes texts `key=value`, as `--set` takes them.
 * @throws {InvalidInputError} `recipe/setting`: a key that does not exist, or a value of a wrong type or out of range.
 */
export const resolveSettings = (recipe: z.input<typeof settingsSchema>, changes: readonly string[] = []): Settings => {
  const changed: Record<string, unknown> = { ...recipe };
  for (const change of changes) {
    const at = change.indexOf('=');
    const key = change.slice(0, at);
    if (at < 1 || !(key in settingsSchema.shape))
      throw new InvalidInputError(
        'recipe/setting',
        `"${change}" is no setting of the form key=value. The keys are: ${Object.keys(settingsSchema.shape).join(', ')}.`,
      );
    changed[key] = parseValue(change.slice(at + 1), key);
  }
  const result = settingsSchema.safeParse(changed);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new InvalidInputError('recipe/setting', `The settings do not fit: ${problems.join('; ')}.`, {
    cause: result.error,
  });
};
