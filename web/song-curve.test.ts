/** The curve of mood: its pieces join, cover the song, and follow how pleasant it sounds; what is kept is checked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MoodMoment } from '../src/audio/song-sound.ts';
import { EMOTIONS, type Emotion } from '../src/base/emotions.ts';
import { curvePieces, isHeardSong } from './song-curve.ts';

const moment = (seconds: number, emotion: Emotion, valence: number): MoodMoment => ({
  seconds,
  valence,
  arousal: 0,
  scores: Object.fromEntries(EMOTIONS.map((name) => [name, name === emotion ? 0.7 : 0.05])) as MoodMoment['scores'],
});

/** Numbers of a path, as points. */
const pointsOf = (path: string): number[][] => {
  const numbers = (path.match(/-?[\d.]+/g) ?? []).map(Number);
  return Array.from({ length: numbers.length / 2 }, (_, i) => numbers.slice(2 * i, 2 * i + 2));
};

describe('curvePieces', () => {
  it('names each mood once while it lasts, from the song’s beginning to its end', () => {
    const curve = [
      moment(10, 'sad', -0.5),
      moment(20, 'sad', -0.5),
      moment(30, 'happy', 0.5),
      moment(40, 'happy', 0.5),
    ];
    const pieces = curvePieces(curve, 50, 500, 44);
    expect(pieces.map(({ emotion, fromSeconds, toSeconds }) => [emotion, fromSeconds, toSeconds])).toEqual([
      ['sad', 0, 25],
      ['happy', 25, 50],
    ]);
    // By hand: 3 px stay free; valence -0.5 lies at 3 + 0.75 * 38 = 31.5, 0.5 at 12.5; between them, at 25 s, 22.
    expect(pointsOf(pieces[0]!.path)[0]).toEqual([0, 31.5]);
    expect(pointsOf(pieces[0]!.path).at(-1)).toEqual([250, 22]);
    expect(pointsOf(pieces[1]!.path)[0]).toEqual([250, 22]);
    expect(pointsOf(pieces[1]!.path).at(-1)).toEqual([500, 12.5]);
  });

  it('covers the width without a gap for any curve', () => {
    const moments = fc.array(fc.tuple(fc.constantFrom(...EMOTIONS), fc.double({ min: -1, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(moments, fc.integer({ min: 100, max: 2000 }), (list, width) => {
        const curve = list.map(([emotion, valence], i) => moment(10 + 10 * i, emotion, valence));
        const pieces = curvePieces(curve, 10 * list.length + 15, width, 44);
        expect(pieces[0]!.left).toBe(0);
        expect(pieces.at(-1)!.right).toBeCloseTo(width, 6);
        for (const [i, piece] of pieces.slice(1).entries()) expect(piece.left).toBeCloseTo(pieces[i]!.right, 9);
        for (const { path } of pieces) expect(path).not.toMatch(/NaN|undefined/);
      }),
    );
  });

  it('of one moment is a level line, of none nothing', () => {
    const [only, ...more] = curvePieces([moment(4, 'fear', 0)], 8, 100, 44);
    expect(more).toEqual([]);
    expect(pointsOf(only!.path).every(([, y]) => y === 22)).toBe(true);
    expect(curvePieces([], 8, 100, 44)).toEqual([]);
  });
});

describe('isHeardSong', () => {
  const song = { version: 'a', seconds: 20, vector: [1, 2], curve: [moment(10, 'sad', 0)] };
  it('takes what these models heard and nothing else', () => {
    expect(isHeardSong(song, 'a')).toBe(true);
    expect(isHeardSong(song, 'b')).toBe(false);
    for (const broken of [
      undefined,
      'song',
      { ...song, vector: [] },
      { ...song, vector: [Number.NaN] },
      { ...song, curve: [{ seconds: 1 }] },
      { ...song, seconds: 0 },
    ])
      expect(isHeardSong(broken, 'a')).toBe(false);
  });
});
