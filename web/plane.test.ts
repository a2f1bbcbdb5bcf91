/** Places on the plane, and the drawing of ways across it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS, type EmotionScores } from '../src/base/emotions.ts';
import { EMOTION_POSITIONS, moodTarget } from '../src/music/mood-target.ts';
import { TAGS } from '../src/music/tags.ts';
import { middleOf, placeOfGoal, placeOfReading, placeOfSong, smoothPath, spreadDots } from './plane.ts';

const certain = (emotion: (typeof EMOTIONS)[number]): EmotionScores =>
  Object.fromEntries(EMOTIONS.map((name) => [name, name === emotion ? 1 : 0])) as unknown as EmotionScores;

describe('a reading', () => {
  it('that is certain lies where its emotion lies', () => {
    for (const emotion of EMOTIONS) expect(placeOfReading(certain(emotion))).toEqual(EMOTION_POSITIONS[emotion]);
  });

  it('between two emotions lies between them', () => {
    const place = placeOfReading({ ...certain('happy'), happy: 0.5, sad: 0.5 });
    expect(place.valence).toBeCloseTo((0.81 - 0.63) / 2);
    expect(place.arousal).toBeCloseTo((0.51 - 0.27) / 2);
  });
});

describe('a song', () => {
  it('without mood tags lies at its emotion, slow ones lower', () => {
    expect(placeOfSong({ emotion: 'sad', tags: ['piano'] })).toEqual(EMOTION_POSITIONS.sad);
    expect(placeOfSong({ emotion: 'sad', tags: ['slow'] }).arousal).toBeLessThan(EMOTION_POSITIONS.sad.arousal);
  });

  it('is drawn towards its tags, and every mood tag has a place', () => {
    const calm = placeOfSong({ emotion: 'neutral', tags: ['calm', 'peaceful'] });
    expect(calm.valence).toBeGreaterThan(0.2);
    expect(calm.arousal).toBeLessThan(-0.3);
    for (const tag of TAGS.mood)
      expect(placeOfSong({ emotion: 'neutral', tags: [tag] }), tag).not.toEqual(EMOTION_POSITIONS.neutral);
  });

  it('never leaves the plane', () => {
    const tags = fc.array(fc.constantFrom(...TAGS.mood, ...TAGS.tempo));
    fc.assert(
      fc.property(fc.constantFrom(...EMOTIONS), tags, (emotion, some) => {
        const { valence, arousal } = placeOfSong({ emotion, tags: some });
        return Math.abs(valence) <= 1 && Math.abs(arousal) <= 1;
      }),
    );
  });
});

it('lift leads to the right, calm down to rest', () => {
  expect(placeOfGoal(moodTarget('sad', 'lift')).valence).toBeGreaterThan(0.5);
  expect(placeOfGoal(moodTarget('angry', 'calm')).arousal).toBeLessThan(-0.3);
  expect(placeOfGoal(moodTarget('angry', 'match'))).toEqual(EMOTION_POSITIONS.angry);
});

it('dots are spread apart, the first stays', () => {
  const dot = fc.record({ x: fc.integer({ min: 0, max: 40 }), y: fc.integer({ min: 0, max: 40 }) });
  fc.assert(
    fc.property(fc.array(dot, { minLength: 1, maxLength: 25 }), (dots) => {
      const spread = spreadDots(dots, 12);
      expect(spread[0]).toEqual(dots[0]);
      spread.forEach((a, i) => {
        for (const b of spread.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(12);
      });
    }),
    { numRuns: 50 },
  );
});

it('a path goes through its points', () => {
  expect(smoothPath([])).toBe('');
  const path = smoothPath([
    { x: 0, y: 0 },
    { x: 10, y: 5 },
    { x: 30, y: 0 },
  ]);
  expect(path).toMatch(/^M0 0C/);
  expect(path).toContain('10 5C');
  expect(path.endsWith('30 0')).toBe(true);
  expect(middleOf([])).toBeUndefined();
});
