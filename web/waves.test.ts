import { describe, expect, it } from 'vitest';
import { EMOTIONS } from '../src/base/emotions.ts';
import { wavePath } from './waves.ts';

describe('wavePath', () => {
  it.each(EMOTIONS)('draws %s inside its frame, unlike the others', (emotion) => {
    const path = wavePath(emotion, 100, 20, 2);
    for (const point of path.slice(1).split('L')) {
      const [x, y] = point.split(' ').map(Number);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(100);
      expect(y).toBeGreaterThanOrEqual(1.5);
      expect(y).toBeLessThanOrEqual(18.5);
    }
    for (const other of EMOTIONS) if (other !== emotion) expect(wavePath(other, 100, 20, 2)).not.toBe(path);
  });

  it('starts as one emotion and ends as the other', () => {
    const both = wavePath('sad', 90, 20, 3, 'happy').split('L');
    expect(both[1]).toBe(wavePath('sad', 90, 20, 3).split('L')[1]);
    expect(both.at(-2)).toBe(wavePath('happy', 90, 20, 3).split('L').at(-2));
  });
});
