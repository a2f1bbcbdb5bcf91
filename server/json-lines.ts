/** JSON, one value a line, as a stream in either direction: a library of a million songs is never in memory whole. */
import { Readable } from 'node:stream';
import type { z } from 'zod';
import { ApiError } from './problem.ts';

export const JSON_LINES = 'application/x-ndjson';

/** Lyrics are the longest thing a line holds. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** The pieces of a body; one that is cut off is told as that, not as a fault of whoever reads it. */
async function* piecesOf(body: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer | string> {
  try {
    yield* body;
  } catch (cause) {
    throw new ApiError(400, 'upload/aborted', 'The body was cut off before its end: send it again.', { cause });
  }
}

/** @throws {ApiError} `api/line` (400), with the number of the line; `upload/aborted` (400) */
export async function* readJsonLines<Schema extends z.ZodType>(
  body: AsyncIterable<Buffer | string>,
  schema: Schema,
): AsyncGenerator<z.output<Schema>> {
  let number = 0;
  const parse = (line: string): z.output<Schema> => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw new ApiError(400, 'api/line', `Line ${number} is no JSON: send one JSON value a line.`, { cause });
    }
    const checked = schema.safeParse(value);
    if (checked.success) return checked.data;
    const errors = checked.error.issues.map(({ path, message }) => ({
      where: `line ${number}`,
      path: path.join('.'),
      message,
    }));
    const [first] = errors;
    throw new ApiError(400, 'api/line', `Line ${number}: ${first?.path || 'the value'}: ${first?.message}.`, {
      errors,
    });
  };
  let rest: string[] = [];
  let restLength = 0;
  const decoder = new TextDecoder();
  for await (const piece of piecesOf(body)) {
    const text = typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
    const lines = text.split('\n');
    for (const [index, part] of lines.entries()) {
      rest.push(part);
      restLength += part.length;
      if (restLength > LONGEST_LINE)
        throw new ApiError(413, 'api/too-large', `Line ${number + 1} is longer than ${LONGEST_LINE} characters.`);
      if (index === lines.length - 1) break; // it may go on in the next piece
      number += 1;
      const line = rest.join('');
      rest = [];
      restLength = 0;
      if (line.trim() !== '') yield parse(line);
    }
  }
  const last = rest.join('') + decoder.decode();
  number += 1;
  if (last.trim() !== '') yield parse(last);
}

/** @throws whatever the values throw before the first of them: while there is still another answer to give. */
export const writeJsonLines = async (values: AsyncIterable<unknown>): Promise<Readable> => {
  const iterator = values[Symbol.asyncIterator]();
  let next = await iterator.next();
  async function* lines(): AsyncGenerator<string> {
    try {
      for (; !next.done; next = await iterator.next()) yield `${JSON.stringify(next.value)}\n`;
    } finally {
      await iterator.return?.();
    }
  }
  return Readable.from(lines());
};
