/** The mood through a video. */
import { expect, it } from 'vitest';
import { EMOTIONS, type Emotion, type EmotionScores } from '../src/base/emotions.ts';
import { clockTime, type Moment, smoothTimeline, spansOf } from './timeline.ts';

const moment = (timeSeconds: number, emotion: Emotion, share = 0.9): Moment => ({
  timeSeconds,
  emotion,
  scores: Object.fromEntries(
    EMOTIONS.map((name) => [name, name === emotion ? share : (1 - share) / 6]),
  ) as unknown as EmotionScores,
});

it('one frame of another mood is no change of mood', () => {
  const moods: readonly Emotion[] = ['happy', 'happy', 'happy', 'sad', 'happy', 'happy'];
  const calm = smoothTimeline(moods.map((emotion, index) => moment(index * 0.25, emotion)));
  expect(calm.map(({ emotion }) => emotion)).toEqual(moods.map(() => 'happy'));
});

it('a mood that stays takes over', () => {
  const moods: readonly Emotion[] = ['happy', 'happy', 'sad', 'sad', 'sad', 'sad', 'sad', 'sad'];
  const calm = smoothTimeline(moods.map((emotion, index) => moment(index * 0.5, emotion)));
  expect(calm.at(-1)?.emotion).toBe('sad');
});

it('spans meet half way, and cover the whole', () => {
  const spans = spansOf([moment(1, 'happy'), moment(2, 'happy'), moment(4, 'sad')]);
  expect(spans).toEqual([
    { emotion: 'happy', fromSeconds: 1, toSeconds: 3 },
    { emotion: 'sad', fromSeconds: 3, toSeconds: 4 },
  ]);
  expect(spansOf([])).toEqual([]);
});

it('writes minutes and seconds', () => {
  expect([0, 59.4, 75, 3600].map(clockTime)).toEqual(['0:00', '0:59', '1:15', '1:00:00']);
});
