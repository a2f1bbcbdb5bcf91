import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EmotionReader, headOf, knownShare, type LyricModel, readLogits, softmax } from './emotion-reader.ts';
import { formatLyricModel, parseLyricModel } from './reader-file.ts';
import { fitVectors, type TermDocument } from './vectors.ts';

const document = (words: Readonly<Record<string, number>>, value = 0): TermDocument => ({
  terms: { words: new Map(Object.entries(words)) },
  values: [value],
});

const documents = [
  document({ glad: 2, day: 1 }, 1),
  document({ sad: 1, day: 1 }, -1),
  document({ glad: 1, sad: 1 }, 0),
];
const vectors = fitVectors(documents, { blocks: { words: { scale: 1, minDocuments: 1 } }, valueScale: 0.5 });

/** Columns: day, glad, sad, the value, the bias; classes: happy, sad. */
const reader: EmotionReader = {
  vectors,
  heads: { all: { classes: ['happy', 'sad'], weights: Float64Array.from([0, 0, 2, -2, -1, 3, 0.5, 0, 0.25, -0.25]) } },
};
const model: LyricModel = { version: 'v', readers: { one: reader } };

describe('readLogits', () => {
  it('is the row times the weights, as worked out by hand', () => {
    // "glad" alone: a row (0, 1, 0) and the value's mean, 0, so the logits are 2 + 0.25 and -2 - 0.25.
    const [logits] = readLogits(reader, 'all', [document({ glad: 3, unknown: 1 })]);
    expect([...logits!]).toEqual([expect.closeTo(2.25, 9), expect.closeTo(-2.25, 9)]);
    expect(softmax([1, 1, 1 + Math.log(2)])).toEqual([0.25, 0.25, 0.5].map((share) => expect.closeTo(share, 12)));
    expect(knownShare(reader, document({ glad: 3, unknown: 1 }))).toBe(0.5);
    expect(() => headOf(reader, 'toString')).toThrow(expect.objectContaining({ code: 'lyrics/model' }));
  });
});

describe('the model file', () => {
  it('comes back: terms exactly, rarities within 1/8192, weights within a step of their square root', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 10, maxLength: 10 }), (list) => {
        const weights = Float64Array.from(list);
        const stored = { ...model, readers: { one: { vectors, heads: { all: { classes: ['a', 'b'], weights } } } } };
        const back = parseLyricModel(formatLyricModel(stored));
        const one = back.readers.one!;
        expect(back.version).toBe('v');
        expect([...one.vectors.blocks[0]!.tfIdf.columns]).toEqual([...vectors.blocks[0]!.tfIdf.columns]);
        one.vectors.blocks[0]!.tfIdf.weights.forEach((rarity, at) => {
          expect(rarity).toBeCloseTo(vectors.blocks[0]!.tfIdf.weights[at]!, 3);
        });
        const largest = [0, 1].map((k) => Math.max(...list.filter((_, at) => at % 2 === k).map(Math.abs)));
        list.forEach((weight, at) => {
          const most = largest[at % 2]!;
          // A step of 1/127 of the square root, at |w|, is 2 sqrt(|w| most) / 127 wide.
          const step = (2 * Math.sqrt(Math.abs(weight) * most)) / 127 + most / 127 ** 2;
          expect(Math.abs(one.heads.all!.weights[at]! - weight)).toBeLessThanOrEqual(step / 2 + 1e-6);
        });
      }),
    );
  });

  it('is refused where it is damaged', () => {
    const text = formatLyricModel(model);
    for (const damaged of [
      '',
      'null',
      '{}',
      text.replace('attune-lyrics-1', 'x'),
      text.replace('glad\\n', ''),
      text.replace('"weights":"', '"weights":"?'),
    ]) {
      expect(() => parseLyricModel(damaged)).toThrow(expect.objectContaining({ code: 'lyrics/model' }));
    }
  });
});
