/** Reads a file that comes in pieces as if it lay in memory, holding no more of it than is asked for. */

export interface ByteReader {
  /** Waits until `count` bytes are held or the file ends. @returns how many are held */
  fill(count: number): Promise<number>;
  /** What is held, without taking it; at least what `fill` said. Valid until the next call. */
  held(): Uint8Array;
  /** Takes up to `count` bytes; fewer only at the end. Valid until the next call. */
  take(count: number): Promise<Uint8Array>;
  /** @returns how many bytes were passed over: fewer than `count` only at the end */
  skip(count: number): Promise<number>;
}

export const createByteReader = (source: AsyncIterable<Uint8Array>): ByteReader => {
  const pieces = source[Symbol.asyncIterator]();
  let buffer: Uint8Array = new Uint8Array(0);
  let ended = false;

  const fill = async (count: number): Promise<number> => {
    const waiting: Uint8Array[] = [];
    let held = buffer.length;
    while (held < count && !ended) {
      const { value, done } = await pieces.next();
      if (done === true) ended = true;
      else {
        waiting.push(value);
        held += value.length;
      }
    }
    if (waiting.length > 0) {
      const joined = new Uint8Array(held);
      joined.set(buffer);
      let at = buffer.length;
      for (const piece of waiting) {
        joined.set(piece, at);
        at += piece.length;
      }
      buffer = joined;
    }
    return buffer.length;
  };

  const take = async (count: number): Promise<Uint8Array> => {
    const available = Math.min(count, await fill(count));
    const taken = buffer.subarray(0, available);
    buffer = buffer.subarray(available);
    return taken;
  };

  const skip = async (count: number): Promise<number> => {
    let skipped = 0;
    while (skipped < count) {
      if ((await fill(1)) === 0) break;
      skipped += (await take(Math.min(count - skipped, buffer.length))).length;
    }
    return skipped;
  };
  return { fill, held: () => buffer, take, skip };
};

/** Four letters of a chunk, box or page. */
export const asciiAt = (bytes: Uint8Array, offset: number, length = 4): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + length));
