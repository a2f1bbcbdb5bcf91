import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBitReader } from './bit-reader.ts';

const toBytes = (bits: string): Uint8Array =>
  Uint8Array.from(
    (bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)),
  );

test('numbers come back as they were written', () => {
  const widths = fc
    .integer({ min: 1, max: 32 })
    .chain((width) => fc.tuple(fc.constant(width), fc.nat(2 ** Math.min(31, width) - 1)));
  fc.assert(
    fc.property(fc.array(widths, { maxLength: 20 }), (numbers) => {
      const reader = createBitReader(
        toBytes(numbers.map(([width, value]) => value.toString(2).padStart(width, '0')).join('')),
      );
      for (const [width, value] of numbers) expect(reader.read(width)).toBe(value);
      expect(reader.isPastEnd()).toBe(false);
    }),
  );
});

test('Rice codes come back, short and long, up to the last byte', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 14 }),
      fc.array(fc.nat(5000), { minLength: 1, maxLength: 20 }),
      (parameter, values) => {
        const codes = values.map((value) => {
          const low = parameter === 0 ? '' : (value % 2 ** parameter).toString(2).padStart(parameter, '0');
          return `${'0'.repeat(value >> parameter)}1${low}`;
        });
        const reader = createBitReader(toBytes(codes.join('')));
        for (const value of values) expect(reader.readRice(parameter)).toBe(value);
      },
    ),
    { numRuns: 50 },
  );
});

test('signs, runs, and the end', () => {
  const reader = createBitReader(Uint8Array.of(0b1111_0110, 0b0001_0000));
  expect(reader.readSigned(3)).toBe(-1);
  expect(reader.countZeros()).toBe(0);
  expect(reader.read(4)).toBe(6);
  expect(reader.countZeros()).toBe(3);
  reader.alignToByte();
  expect([reader.bytesRead(), reader.isPastEnd()]).toEqual([2, false]);
  reader.read(1);
  expect(reader.isPastEnd()).toBe(true);
});
