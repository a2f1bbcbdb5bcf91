import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS, type Emotion, type EmotionScores } from '../base/emotions.ts';
import { type EmotionEvidence, joinEvidence } from './library-song.ts';

const scoresOf = (shares: Partial<Record<Emotion, number>>): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((emotion) => [emotion, shares[emotion] ?? 0])) as Record<Emotion, number>;

const evidenceOf = (
  source: EmotionEvidence['source'],
  shares: Partial<Record<Emotion, number>>,
  confidence: number,
): EmotionEvidence => ({ source, scores: scoresOf(shares), confidence, version: '1' });

const anyEvidence: fc.Arbitrary<EmotionEvidence> = fc
  .record({
    source: fc.constantFrom('annotation', 'lyrics', 'tags', 'sound' as const),
    shares: fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ source, shares, confidence }) =>
    evidenceOf(source, Object.fromEntries(EMOTIONS.map((emotion, e) => [emotion, shares[e]!])), confidence),
  );

describe('joinEvidence', () => {
  it('weighs sources by confidence', () => {
    // By hand: mean (0.6, 0.4) x (1, 0) and (0.25, 0.75): 0.7 and 0.3; overlaps 0.7 and 0.55, weighted 0.64; 1 - 0.4 * 0.6 = 0.76.
    const joined = joinEvidence([
      evidenceOf('lyrics', { sad: 1 }, 0.6),
      evidenceOf('tags', { sad: 0.25, happy: 0.75 }, 0.4),
    ]);
    expect(joined.scores.sad).toBeCloseTo(0.7, 12);
    expect(joined.scores.happy).toBeCloseTo(0.3, 12);
    expect(joined.confidence).toBeCloseTo(0.76 * 0.64, 12);
  });

  it('says nothing where nothing is known', () => {
    for (const evidence of [[], [evidenceOf('lyrics', { sad: 1 }, 0)]]) {
      expect(joinEvidence(evidence)).toEqual({ scores: expect.objectContaining({ fear: 1 / 7 }), confidence: 0 });
    }
  });

  it('lets the last correction by hand win, whatever else is said', () => {
    fc.assert(
      fc.property(fc.array(anyEvidence), fc.array(anyEvidence), (before, after) => {
        const hands = [evidenceOf('hand', { angry: 1 }, 1), evidenceOf('hand', { happy: 3, surprise: 1 }, 1)];
        const { scores, confidence } = joinEvidence([...before, ...hands, ...after]);
        expect([scores.happy, scores.surprise, confidence]).toEqual([0.75, 0.25, 1]);
      }),
    );
  });

  it('gives a distribution, in any order the same, and lets one witness keep its confidence', () => {
    fc.assert(
      fc.property(fc.array(anyEvidence, { maxLength: 5 }), (evidence) => {
        const { scores, confidence } = joinEvidence(evidence);
        expect(EMOTIONS.reduce((sum, emotion) => sum + scores[emotion], 0)).toBeCloseTo(1, 9);
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
        const turned = joinEvidence([...evidence].reverse());
        for (const emotion of EMOTIONS) expect(turned.scores[emotion]).toBeCloseTo(scores[emotion], 9);
        if (evidence.length === 1) expect(confidence).toBeCloseTo(evidence[0]!.confidence, 9);
      }),
    );
  });

  it('refuses what is no evidence', () => {
    for (const wrong of [
      evidenceOf('lyrics', { sad: 1 }, 1.5),
      evidenceOf('lyrics', { sad: 1 }, Number.NaN),
      evidenceOf('tags', {}, 1),
      evidenceOf('tags', { sad: -1, happy: 2 }, 1),
    ]) {
      expect(() => joinEvidence([wrong])).toThrow(expect.objectContaining({ code: 'music/evidence' }));
    }
  });
});
