/** ONNX files round trip; half precision against its definition. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeOnnx, floatToHalf, halfToFloat, readOnnxMetadata, readOnnxWeights } from './onnx.ts';

const model = (metadata: Record<string, string>, values: number[]) =>
  encodeOnnx({
    nodes: [{ op: 'Identity', inputs: ['w'], outputs: ['y'], attributes: {} }],
    initializers: [
      { name: 'w', type: 'float32', dims: [values.length], raw: new Uint8Array(Float32Array.from(values).buffer) },
      { name: 'unused', type: 'float32', dims: [1], raw: new Uint8Array(4) },
    ],
    inputs: [],
    outputs: [{ name: 'y', type: 'float32', dims: [values.length] }],
    metadata,
  });

describe('files', () => {
  it('give back metadata and weights, whatever they hold', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(
        fc.dictionary(text, text),
        fc.array(fc.float({ noNaN: true }), { minLength: 1 }),
        (metadata, values) => {
          const file = model(metadata, values);
          expect(readOnnxMetadata(file)).toEqual({ ...metadata });
          expect([...readOnnxWeights(file).get('w')!.data]).toEqual(values);
          expect(readOnnxWeights(file).has('unused')).toBe(false);
        },
      ),
      { numRuns: 50, examples: [[Object.fromEntries([['__proto__', 'kept']]), [1]]] },
    );
  });

  it('are refused when cut short or foreign', () => {
    const file = model({ a: 'b' }, [1, 2, 3]);
    for (const bytes of [file.subarray(0, file.length - 3), new Uint8Array(0), new TextEncoder().encode('not a model')])
      expect(() => readOnnxMetadata(bytes)).toThrow(expect.objectContaining({ code: 'model/damaged' }));
  });
});

describe('half precision', () => {
  // IEEE 754-2008 binary16: sign, 5 bits of exponent (bias 15), 10 of fraction.
  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65520, 0x7c00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [1 / 3, 0x3555],
    [0, 0],
    [-0, 0x8000],
    // Halfway between 1 and the next number: ties to even.
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ])('%d is 0x%s', (value, half) => expect(floatToHalf(value)).toBe(half));

  it('every finite half survives the way there and back', () => {
    for (let half = 0; half < 0x10000; half++) {
      const value = halfToFloat(half);
      if (Number.isFinite(value)) expect(floatToHalf(value)).toBe(half);
    }
  });

  it('rounds to the nearest', () => {
    fc.assert(
      fc.property(fc.double({ min: -65000, max: 65000, noNaN: true }), (value) => {
        const error = Math.abs(halfToFloat(floatToHalf(value)) - value);
        expect(error).toBeLessThanOrEqual(Math.max(2 ** -25, Math.abs(value) * 2 ** -11));
      }),
    );
  });
});
