/** The settings of a run over sounds: every number that its recipe may choose, checked once. */
import { z } from 'zod';
import { InvalidInputError } from '../../src/base/errors.ts';

const share = z.number().min(0).max(1);

export const soundSettingsSchema = z.strictObject({
  seed: z.number().int().nonnegative().default(1).describe('first weights, order, augmentation and folds'),
  epochs: z.number().int().positive().default(40).describe('rounds over the training clips'),
  batch: z.number().int().min(2).default(32).describe('clips or slices a step'),
  learningRate: z.number().positive().default(0.003).describe('highest learning rate; it falls along a cosine'),
  warmupEpochs: z.number().min(0).default(2).describe('rounds of linear warm-up'),
  weightDecay: z.number().min(0).default(0.02).describe('AdamW: of weights, not of biases and normalisation'),
  averageDecay: share.default(0.99).describe('decay a step of the moving average of weights that is kept'),
  labelSmoothing: share.default(0.1).describe('share of each label spread over all classes'),
  mixupAlpha: z.number().min(0).default(0).describe('mixup: Beta(alpha, alpha); 0: off'),
  dropout: z.number().min(0).lt(1).default(0.3).describe('before the classifier'),
  widths: z.array(z.number().int().positive()).describe('filters of the stem and of each stage'),
  gainDb: z.number().min(0).default(6).describe('augmentation: largest change of level, dB'),
  tiltDb: z.number().min(0).default(4).describe('augmentation: largest change between lowest and highest band, dB'),
  noiseShare: share.default(0.5).describe('augmentation: probability of noise'),
  noiseDb: z.tuple([z.number(), z.number()]).default([5, 35]).describe('augmentation: signal over noise, dB'),
  roomShare: share.default(0.3).describe('augmentation: probability of a room’s echo'),
  warp: z.number().min(0).lt(0.5).default(0).describe('augmentation: largest stretch of the frequency axis'),
  bandMask: z.number().int().min(0).default(8).describe('SpecAugment: widest mask over bands'),
  frameMask: z.number().int().min(0).default(16).describe('SpecAugment: widest mask over frames'),
  masks: z.number().int().min(0).default(2).describe('SpecAugment: masks over each axis'),
});

export type SoundSettings = z.output<typeof soundSettingsSchema>;
export type SoundSettingsInput = z.input<typeof soundSettingsSchema>;

/**
 * A recipe's settings with changes `key=value` on top.
 *
 * @throws {InvalidInputError} `recipe/setting`: a key that does not exist, or a value of a wrong type or out of range.
 */
export const resolveSoundSettings = (recipe: SoundSettingsInput, changes: readonly string[] = []): SoundSettings => {
  const changed: Record<string, unknown> = { ...recipe };
  for (const change of changes) {
    const at = change.indexOf('=');
    const key = change.slice(0, at);
    if (at < 1 || !(key in soundSettingsSchema.shape))
      throw new InvalidInputError(
        'recipe/setting',
        `"${change}" is no setting of the form key=value. The keys are: ${Object.keys(soundSettingsSchema.shape).join(', ')}.`,
      );
    const text = change.slice(at + 1);
    changed[key] = key === 'widths' || key === 'noiseDb' ? text.split(',').map(Number) : Number(text);
  }
  const result = soundSettingsSchema.safeParse(changed);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new InvalidInputError('recipe/setting', `The settings do not fit: ${problems.join('; ')}.`, {
    cause: result.error,
  });
};
