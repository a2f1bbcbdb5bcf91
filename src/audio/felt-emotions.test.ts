/** The nine felt emotions as the seven and as a place: sums, corners, and songs that are like all others. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS, rankEmotions } from '../base/emotions.ts';
import { FELT_EMOTIONS, feltPlace, feltScores } from './felt-emotions.ts';

const usual = [0.15, 0.2, 0.22, 0.24, 0.33, 0.16, 0.24, 0.19, 0.14];
const only = (name: (typeof FELT_EMOTIONS)[number]): number[] => FELT_EMOTIONS.map((one) => (one === name ? 0.5 : 0));

describe('felt emotions', () => {
  it('are shares of seven that sum to 1, and a place within the plane', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 }), (felt) => {
        const scores = feltScores(felt, usual);
        expect(EMOTIONS.reduce((sum, emotion) => sum + scores[emotion], 0)).toBeCloseTo(1, 9);
        for (const emotion of EMOTIONS) expect(scores[emotion]).toBeGreaterThan(0);
        const { valence, arousal } = feltPlace(felt, usual);
        expect(Math.max(Math.abs(valence), Math.abs(arousal))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('lead where they should when one alone is felt', () => {
    expect(rankEmotions(feltScores(only('sadness'), usual))[0]).toBe('sad');
    expect(rankEmotions(feltScores(only('joyful_activation'), usual))[0]).toBe('happy');
    expect(rankEmotions(feltScores(only('calmness'), usual))[0]).toBe('neutral');
    expect(rankEmotions(feltScores(only('tension'), usual))[0]).toBe('fear');
    // 0.005 for each of seven, the rest by the table: 0.965 x 0.6 + 0.005.
    expect(feltScores(only('amazement'), usual).surprise).toBeCloseTo(0.584, 9);
    expect(feltPlace(only('joyful_activation'), usual)).toEqual({ valence: 0.8, arousal: 0.6 });
  });

  it('weigh what is felt more than usual, not what is felt most', () => {
    // Calmness is felt by more here, but less than usual; sadness twice as much as usual.
    const felt = usual.map((share, i) =>
      FELT_EMOTIONS[i] === 'sadness' ? 2 * share : FELT_EMOTIONS[i] === 'calmness' ? 0.3 : 0,
    );
    expect(rankEmotions(feltScores(felt, usual))[0]).toBe('sad');
  });

  it('give an even answer where nobody felt anything', () => {
    const nothing = feltScores(
      FELT_EMOTIONS.map(() => 0),
      usual,
    );
    expect(EMOTIONS.every((emotion) => Number.isFinite(nothing[emotion]))).toBe(true);
  });
});
