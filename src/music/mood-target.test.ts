import { describe, expect, it } from 'vitest';
import { EMOTIONS } from '../base/emotions.ts';
import { defaultGoal, EMOTION_POSITIONS, GOALS, moodTarget } from './mood-target.ts';
import { isTag } from './tags.ts';

const distance = (a: { valence: number; arousal: number }, b: { valence: number; arousal: number }): number =>
  Math.hypot(a.valence - b.valence, a.arousal - b.arousal);

describe('moodTarget', () => {
  it('lifts angry, disgust, fear and sad unless told otherwise, and meets the rest', () => {
    expect(EMOTIONS.map((emotion) => defaultGoal(emotion))).toEqual([
      'lift',
      'lift',
      'lift',
      'match',
      'lift',
      'match',
      'match',
    ]);
    expect(moodTarget('sad').path.map(({ emotion }) => emotion)).toEqual(['sad', 'neutral', 'happy']);
    expect(moodTarget('angry').path.map(({ emotion }) => emotion)).toEqual(['angry', 'surprise', 'happy']);
    expect(moodTarget('angry', 'calm').path.map(({ emotion }) => emotion)).toEqual(['angry', 'angry', 'neutral']);
  });

  it('starts in the mood read, ends in the mood wanted, and fills the whole list with known tags', () => {
    for (const emotion of EMOTIONS) {
      for (const goal of GOALS) {
        const { path, emotion: end } = moodTarget(emotion, goal);
        expect(path[0]!.emotion).toBe(emotion);
        expect(path.at(-1)!.emotion).toBe(end);
        expect(path.reduce((sum, { share }) => sum + share, 0)).toBe(1);
        // The mood is met before anything is drawn towards the goal, and the goal is reached with its tags.
        const drawn = path.map(({ tags }) => Object.keys(tags).length > 0);
        const whole = path.length === 1 ? [goal !== 'match'] : [false, ...path.slice(1).map(() => true)];
        expect(drawn).toEqual(whole);
        expect(path.flatMap(({ tags }) => Object.keys(tags)).filter((tag) => !isTag(tag))).toEqual([]);
      }
    }
  });

  it('lifts by way of the emotion nearest to the middle of the way, and never against the grain', () => {
    for (const emotion of ['angry', 'disgust', 'fear', 'sad'] as const) {
      const [from, to] = [EMOTION_POSITIONS[emotion], EMOTION_POSITIONS.happy];
      const middle = { valence: (from.valence + to.valence) / 2, arousal: (from.arousal + to.arousal) / 2 };
      const [nearest] = EMOTIONS.filter((other) => other !== emotion && other !== 'happy').sort(
        (a, b) => distance(EMOTION_POSITIONS[a], middle) - distance(EMOTION_POSITIONS[b], middle),
      );
      expect(moodTarget(emotion, 'lift').path[1]!.emotion).toBe(nearest);
    }
    for (const emotion of EMOTIONS) {
      const valences = moodTarget(emotion, 'lift').path.map((stage) => EMOTION_POSITIONS[stage.emotion].valence);
      expect(valences).toEqual([...valences].sort((a, b) => a - b));
      // Calm lowers arousal; sad alone already lies below rest, and there it is the valence that rises.
      const arousals = moodTarget(emotion, 'calm').path.map((stage) => EMOTION_POSITIONS[stage.emotion].arousal);
      if (emotion !== 'sad') expect(arousals).toEqual([...arousals].sort((a, b) => b - a));
    }
  });
});
