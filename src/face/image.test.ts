import { expect, test } from 'vitest';
import { checkGray, toGray } from './image.ts';

test('known luma: ITU-R BT.601', () => {
  const data = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 0, 0, 0, 255, 255, 200, 200, 200, 9);
  const gray = toGray({ width: 2, height: 2, data });
  for (const [index, value] of [76.245, 149.685, 29.07, 200].entries()) expect(gray.data[index]).toBeCloseTo(value, 3);
});

test('an array of another length, or a size that is none, is refused', () => {
  const shape = expect.objectContaining({ name: 'InvalidInputError', code: 'photo/shape' });
  expect(() => toGray({ width: 2, height: 2, data: new Uint8Array(12) })).toThrow(shape);
  expect(() => toGray({ width: 0, height: 0, data: new Uint8Array(0) })).toThrow(shape);
  expect(() => checkGray({ width: 1.5, height: 2, data: new Float32Array(3) })).toThrow(shape);
});
