import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSession } from '../../node/open-session.ts';
import { untrainedExpressionModel } from '../../test/face/untrained-model.ts';
import { EMOTIONS } from '../base/emotions.ts';
import { type Session, tensor } from '../graph/session.ts';
import { openExpressionModel, prepareFace, readExpressions } from './expression.ts';
import { PREPROCESSOR_NAMES } from './preprocessors.ts';

const face = (level: number) => tensor(new Float32Array(48 * 48).fill(level), [1, 1, 48, 48]);

/** A model that gives fixed logits, whatever it sees: where the numbers must be known exactly. */
const givingLogits = (logits: readonly number[]): Session => ({
  inputNames: ['pixels'],
  outputNames: ['logits'],
  metadata: {
    'attune.task': 'expression',
    'attune.labels': EMOTIONS.join(','),
    'attune.threshold': '0.5',
  },
  run: async ({ pixels }) => {
    const count = pixels!.dims[0]!;
    return { logits: tensor(Float32Array.from(Array(count).fill(logits).flat()), [count, 7]) };
  },
  release: async () => {},
});

test('known probabilities: softmax of 0..6 as scipy.special.softmax gives it', async () => {
  const model = await openExpressionModel(new Uint8Array(), async () => givingLogits([0, 1, 2, 3, 4, 5, 6]));
  const [scores] = await readExpressions([face(0)], model);
  const expected = [0.00157, 0.00426, 0.01159, 0.0315, 0.08563, 0.23276, 0.63269];
  for (const [index, emotion] of EMOTIONS.entries()) expect(scores![emotion]).toBeCloseTo(expected[index]!, 4);
  expect(model.threshold).toBe(0.5);
});

test('probabilities sum to 1 and do not change when all logits rise alike', async () => {
  const logits = fc.array(fc.float({ min: -80, max: 80, noNaN: true }), { minLength: 7, maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(logits, fc.integer({ min: -5, max: 5 }), async (values, rise) => {
      const read = async (shifted: readonly number[]) => {
        const model = await openExpressionModel(new Uint8Array(), async () => givingLogits(shifted));
        return (await readExpressions([face(0)], model))[0]!;
      };
      const scores = await read(values);
      const risen = await read(values.map((value) => value + rise));
      expect(EMOTIONS.reduce((sum, emotion) => sum + scores[emotion], 0)).toBeCloseTo(1, 9);
      for (const emotion of EMOTIONS) expect(risen[emotion]).toBeCloseTo(scores[emotion], 4);
    }),
  );
});

test('faces read together give what they give alone', async () => {
  const model = await openExpressionModel(untrainedExpressionModel(), openSession);
  const faces = [face(10), face(120), face(250)];
  const together = await readExpressions(faces, model);
  for (const [index, one] of faces.entries()) {
    const [alone] = await readExpressions([one], model);
    for (const emotion of EMOTIONS) expect(together[index]![emotion]).toBeCloseTo(alone![emotion], 5);
  }
  expect(await readExpressions([], model)).toEqual([]);
});

test.each([
  ['model/task', { metadata: { 'attune.task': 'music' } }],
  ['model/labels', { metadata: { 'attune.labels': 'happy,sad' } }],
  ['model/labels', { metadata: { 'attune.labels': 'angry,disgust,fearful,happy,sad,surprise,neutral' } }],
  ['model/labels', { metadata: { 'attune.labels': 'disgust,angry,fear,happy,sad,surprise,neutral' } }],
  ['model/damaged', { metadata: { 'attune.threshold': 'high' } }],
  ['model/damaged', { metadata: { 'attune.threshold': '2' } }],
  ['model/damaged', { metadata: { 'attune.threshold': '' } }],
  ['model/damaged', { side: 64 }],
  ['model/damaged', { outputs: 8 }],
] as const)('%s for %j', async (code, options) => {
  await expect(openExpressionModel(untrainedExpressionModel(options), openSession)).rejects.toMatchObject({
    name: 'InvalidInputError',
    code,
  });
});

test('a model that gives no numbers is refused', async () => {
  const open = async () => givingLogits(Array(7).fill(Number.NaN));
  await expect(openExpressionModel(new Uint8Array(), open)).rejects.toMatchObject({ code: 'model/damaged' });
});

test('a face of another size is refused', async () => {
  const model = await openExpressionModel(untrainedExpressionModel(), openSession);
  const small = tensor(new Float32Array(44 * 44), [1, 1, 44, 44]);
  await expect(readExpressions([small], model)).rejects.toMatchObject({ code: 'photo/shape' });
});

test.each(PREPROCESSOR_NAMES)('a model trained behind %s sees every face through it', async (preprocess) => {
  const open = (metadata: Record<string, string>) =>
    openExpressionModel(untrainedExpressionModel({ metadata }), openSession);
  const picture = Float32Array.from({ length: 48 * 48 }, (_, i) => 40 + ((i * i) % 97) + Math.floor(i / 48));
  const [plain, behind] = [await open({}), await open({ 'attune.preprocess': preprocess })];
  const [expected] = await readExpressions([tensor(prepareFace(picture, preprocess), [1, 1, 48, 48])], plain);
  const [found] = await readExpressions([tensor(picture, [1, 1, 48, 48])], behind);
  for (const emotion of EMOTIONS) expect(found![emotion]).toBeCloseTo(expected![emotion], 6);
  const foreign = open({ 'attune.preprocess': 'sharpen' });
  await expect(foreign).rejects.toMatchObject({ code: 'model/damaged' });
});
