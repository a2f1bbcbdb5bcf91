/** Joining face and voice: what agreement, doubt and silence must and must not do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS, type Emotion, type EmotionScores } from './emotions.ts';
import { type EmotionSource, fuseReadings } from './fuse.ts';

const scoresOf = (weights: readonly number[]): EmotionScores => {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Object.fromEntries(EMOTIONS.map((emotion, i) => [emotion, weights[i]! / sum])) as Record<Emotion, number>;
};
/** Shares that the floor of 0.01 does not touch. */
const anyScores = fc.array(fc.double({ min: 1, max: 10, noNaN: true }), { minLength: 7, maxLength: 7 }).map(scoresOf);
const source = (scores: EmotionScores, certain = true, confidence?: number): EmotionSource => ({
  name: 'one',
  scores,
  certain,
  ...(confidence === undefined ? {} : { confidence }),
});

describe('fuseReadings', () => {
  it('is the normalised product: by hand for two sources', () => {
    const a = scoresOf([4, 1, 1, 1, 1, 1, 1]); // 0.4, 0.1 ...
    const b = scoresOf([2, 2, 2, 1, 1, 1, 1]); // 0.2, 0.2, 0.2, 0.1 ...
    // Products 8, 2, 2, 1, 1, 1, 1 of a hundred: 16 in all.
    const { scores, emotion, certain } = fuseReadings([source(a), source(b)]);
    expect(EMOTIONS.map((name) => scores[name] * 16)).toEqual(
      [8, 2, 2, 1, 1, 1, 1].map((value) => expect.closeTo(value, 10)),
    );
    expect(emotion).toBe('angry');
    expect(certain).toBe(true);
  });

  it('is surer than the surer of two sources that agree', () => {
    fc.assert(
      fc.property(anyScores, anyScores, fc.nat(6), (first, second, at) => {
        const top = EMOTIONS[at]!;
        const lift = (scores: EmotionScores) =>
          scoresOf(EMOTIONS.map((emotion) => scores[emotion] * (emotion === top ? 12 : 1)));
        const [a, b] = [lift(first), lift(second)];
        const fused = fuseReadings([source(a), source(b)]);
        expect(fused.emotion).toBe(top);
        expect(fused.scores[top]).toBeGreaterThan(Math.max(a[top], b[top]) - 1e-9);
      }),
    );
  });

  it('is so too where both are almost certain, up to a probability of 1', () => {
    const sureOf = (at: number, rest: number): EmotionScores => scoresOf(EMOTIONS.map((_, i) => (i === at ? 1 : rest)));
    const rest = fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 0.1, noNaN: true }));
    fc.assert(
      fc.property(rest, rest, fc.nat(6), (first, second, at) => {
        const [a, b] = [sureOf(at, first), sureOf(at, second)];
        const { scores, certain } = fuseReadings([source(a), source(b)]);
        const top = EMOTIONS[at]!;
        expect(scores[top]).toBeGreaterThanOrEqual(Math.max(a[top], b[top]) - 1e-12);
        expect(certain).toBe(true);
        expect(EMOTIONS.every((emotion) => scores[emotion] >= 0 && scores[emotion] <= 1)).toBe(true);
      }),
    );
  });

  it('lets nobody forbid what another says', () => {
    const certain = scoresOf([0, 0, 0, 1, 0, 0, 0]);
    const sad = scoresOf([1, 1, 1, 1, 93, 1, 2]);
    const { scores } = fuseReadings([source(certain), source(sad)]);
    // 1 * 0.01 for happy, 0.01 * 0.93 for sad.
    expect(scores.happy).toBeCloseTo(0.01 / 0.0193, 6);
    expect(scores.sad).toBeCloseTo(0.0093 / 0.0193, 6);
  });

  it('is not pulled by a source that is not sure, nor by equal scores, nor by one that is not trusted', () => {
    fc.assert(
      fc.property(anyScores, anyScores, (sure, other) => {
        const alone = fuseReadings([source(sure)]);
        expect(alone.scores).toEqual(sure);
        const withDoubt = fuseReadings([source(sure), source(other, false)]);
        expect(withDoubt.scores).toEqual(alone.scores);
        expect(withDoubt.certain).toBe(true);
        expect(fuseReadings([source(sure), source(other, true, 0)]).scores).toEqual(alone.scores);
        const flat = fuseReadings([source(sure), source(scoresOf([1, 1, 1, 1, 1, 1, 1]))]);
        for (const emotion of EMOTIONS) expect(flat.scores[emotion]).toBeCloseTo(sure[emotion], 10);
      }),
    );
  });

  it('takes the order of the sources for nothing, and sums to 1', () => {
    fc.assert(
      fc.property(anyScores, anyScores, fc.double({ min: 0.1, max: 1, noNaN: true }), (a, b, confidence) => {
        const [one, two] = [source(a, true, confidence), source(b)];
        const forwards = fuseReadings([one, two]).scores;
        const backwards = fuseReadings([two, one]).scores;
        for (const emotion of EMOTIONS) expect(forwards[emotion]).toBeCloseTo(backwards[emotion], 10);
        expect(EMOTIONS.reduce((sum, emotion) => sum + forwards[emotion], 0)).toBeCloseTo(1, 10);
      }),
    );
  });

  it('says "not sure" where sure sources contradict each other, or none is sure', () => {
    const happy = scoresOf([1, 1, 1, 12, 1, 1, 1]);
    const sad = scoresOf([1, 1, 1, 1, 12, 1, 1]);
    expect(fuseReadings([source(happy), source(sad)]).certain).toBe(false);
    // Nor where one of them is a little surer: that is no answer either.
    const surer = scoresOf([1, 1, 1, 20, 1, 1, 1]);
    expect(fuseReadings([source(surer), source(sad)])).toMatchObject({ emotion: 'happy', certain: false });
    const farSurer = scoresOf([1, 1, 1, 200, 1, 1, 1]);
    expect(fuseReadings([source(farSurer), source(sad)])).toMatchObject({ emotion: 'happy', certain: true });
    expect(fuseReadings([source(happy, false), source(happy, false)]).certain).toBe(false);
  });

  it('refuses no source, a confidence above 1 and scores that are no probabilities', () => {
    expect(() => fuseReadings([])).toThrow(expect.objectContaining({ code: 'mood/no-source' }));
    const even = scoresOf([1, 1, 1, 1, 1, 1, 1]);
    expect(() => fuseReadings([source(even, true, 1.5)])).toThrow(expect.objectContaining({ code: 'mood/source' }));
    expect(() => fuseReadings([source({ ...even, happy: 2 })])).toThrow(
      expect.objectContaining({ code: 'mood/source' }),
    );
  });
});
