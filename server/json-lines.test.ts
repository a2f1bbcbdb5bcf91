/** Bodies of JSON lines: in pieces of any size, and cut off. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readJsonLines } from './json-lines.ts';

async function* cutAt(text: string, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  let at = 0;
  for (let n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
const read = async (body: AsyncIterable<Buffer | string>, schema: z.ZodType = z.unknown()): Promise<unknown[]> => {
  const values: unknown[] = [];
  for await (const value of readJsonLines(body, schema)) values.push(value);
  return values;
};

it('come as they were, wherever they are cut', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 6 }), sizes, async (values, pieces) => {
      const text = values.map((value) => `${JSON.stringify(value)}\n`).join('\n');
      expect(await read(cutAt(text, pieces))).toEqual(JSON.parse(JSON.stringify(values)));
    }),
    { numRuns: 50 },
  );
});

it('tell the line that is wrong', async () => {
  await expect(read(cutAt('1\n\n{"a"\n', [4]))).rejects.toMatchObject({ code: 'api/line', message: /^Line 3 / });
  await expect(read(cutAt('1\n"a"\n', [4]), z.number())).rejects.toMatchObject({ code: 'api/line', status: 400 });
});

it('that are cut off are no fault of the store', async () => {
  async function* cut(): AsyncGenerator<Buffer> {
    yield Buffer.from('1\n');
    throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  }
  await expect(read(cut())).rejects.toMatchObject({ code: 'upload/aborted', status: 400 });
});
