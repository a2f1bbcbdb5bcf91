/** Rows of the kernel matrix stay right however they are asked for, swapped, shortened and pushed out of memory. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKernelMatrix } from './kernel-matrix.ts';
import { denseRows } from './rows.ts';

const SIZE = 9;
const numbers = Float64Array.from({ length: SIZE }, (_, i) => i * i + 1);
const rows = denseRows(numbers, 1);
const product = (i: number, j: number): number => numbers[i]! * numbers[j]!; // the linear kernel of single numbers

test('every row holds the kernel values of the present order', () => {
  const position = fc.integer({ min: 0, max: SIZE - 1 });
  const step = fc.record({ swap: fc.boolean(), a: position, b: position });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(1, 4 * 25, 4 * SIZE * SIZE), (steps, bytes) => {
      const matrix = createKernelMatrix(rows, { type: 'linear' }, bytes);
      const order = Array.from({ length: SIZE }, (_, i) => i);
      for (const { swap, a, b } of steps) {
        if (swap) {
          matrix.swap(a, b);
          [order[a], order[b]] = [order[b]!, order[a]!];
        }
        const row = matrix.row(a, b + 1);
        const before = [...row.subarray(0, b + 1)];
        expect(before).toEqual(order.slice(0, b + 1).map((id) => product(order[a]!, id)));
        matrix.row(b, SIZE); // the row asked for before stays as it was
        expect([...row.subarray(0, b + 1)]).toEqual(before);
        expect([...matrix.ids]).toEqual(order);
        expect([...matrix.diagonal]).toEqual(order.map((id) => product(id, id)));
      }
    }),
    { numRuns: 60 },
  );
});

test('the row not used for longest leaves first', () => {
  const matrix = createKernelMatrix(rows, { type: 'linear' }, 3 * 4 * SIZE);
  for (const position of [0, 1, 2]) matrix.row(position, SIZE);
  matrix.row(0, SIZE); // found
  matrix.row(3, SIZE); // pushes out 1
  expect(matrix.computed).toBe(4);
  matrix.row(0, SIZE);
  matrix.row(2, SIZE);
  expect(matrix.computed).toBe(4);
  matrix.row(1, SIZE);
  expect(matrix.computed).toBe(5);
});
