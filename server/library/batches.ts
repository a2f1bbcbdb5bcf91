/** Songs in batches that are written when they are large or old enough: a crawl of one song a second shows what it has. */

/** @yields at most `size` items; earlier where the first of them waits longer than `milliseconds` when a further one comes */
export async function* inTimedBatches<Item>(
  items: AsyncIterable<Item>,
  size: number,
  milliseconds: number,
): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  let begun = 0;
  try {
    for await (const item of items) {
      if (batch.length === 0) begun = Date.now();
      batch.push(item);
      if (batch.length < size && Date.now() - begun < milliseconds) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    // What came before a failure is kept.
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}
