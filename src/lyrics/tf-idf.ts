/** Counts of terms -> weighted vectors of length 1: common terms count little, repetition counts less each time. */

export interface TfIdf {
  /** Term -> column, 0 .. terms - 1. */
  readonly columns: ReadonlyMap<string, number>;
  /** Shape [terms]: ln((1 + documents) / (1 + documents that hold the term)) + 1, 1 or more. */
  readonly weights: Float64Array;
}

export interface TfIdfOptions {
  /** Terms in fewer documents are left out. @default 2 */
  readonly minDocuments?: number;
}

/** @see scikit-learn, TfidfTransformer with smooth_idf: the same weights. Columns are in the terms' own order. */
export const fitTfIdf = (
  documents: Iterable<ReadonlyMap<string, number>>,
  { minDocuments = 2 }: TfIdfOptions = {},
): TfIdf => {
  const holding = new Map<string, number>();
  let documentCount = 0;
  for (const document of documents) {
    documentCount += 1;
    for (const term of document.keys()) holding.set(term, (holding.get(term) ?? 0) + 1);
  }
  const terms = [...holding].filter(([, count]) => count >= minDocuments).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    columns: new Map(terms.map(([term], column) => [term, column])),
    weights: Float64Array.from(terms, ([, count]) => Math.log((1 + documentCount) / (1 + count)) + 1),
  };
};

/**
 * (1 + ln count) times weight for each known term, divided by the whole's length.
 *
 * @returns (column, value) pairs; none where no term is known
 */
export const tfIdfRow = (model: TfIdf, counts: ReadonlyMap<string, number>): [column: number, value: number][] => {
  const row: [number, number][] = [];
  let squares = 0;
  for (const [term, count] of counts) {
    const column = model.columns.get(term);
    if (column === undefined || count <= 0) continue;
    const value = (1 + Math.log(count)) * model.weights[column]!;
    squares += value * value;
    row.push([column, value]);
  }
  const length = Math.sqrt(squares);
  return row.map(([column, value]) => [column, value / length]);
};
