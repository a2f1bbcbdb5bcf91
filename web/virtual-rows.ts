/** Which rows of a long list are on view, and where they are drawn: only those exist in the page. */

/** Browsers lay out no element higher than some 17 to 33 million px; a longer list scrolls faster than its rows. */
export const MOST_HEIGHT = 12_000_000;

export interface RowsOnView {
  /** Height of the whole list as it is scrolled, px. */
  readonly height: number;
  /** The rows to draw, `last` included; `last < first` where there is none. */
  readonly first: number;
  readonly last: number;
  /** Where the first of them is drawn, px from the top of the list. */
  readonly top: number;
}

/**
 * @param count rows in all
 * @param rowHeight px
 * @param scrollTop px, as the box tells
 * @param viewHeight px of the box
 * @param spare rows drawn beyond either edge, so that a slow browser shows no gap @default 6
 */
export const rowsOnView = (
  count: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
  spare = 6,
): RowsOnView => {
  const full = count * rowHeight;
  const height = Math.min(full, MOST_HEIGHT);
  if (count === 0) return { height: 0, first: 0, last: -1, top: 0 };
  const most = Math.max(0, height - viewHeight);
  const at = Math.max(0, Math.min(most, scrollTop));
  // Where the list is squeezed, the share scrolled is the share of the rows passed.
  const passed = most === 0 ? 0 : (at / most) * Math.max(0, full - viewHeight);
  const onTop = Math.floor(passed / rowHeight);
  const first = Math.max(0, onTop - spare);
  const last = Math.min(count - 1, Math.floor((passed + viewHeight) / rowHeight) + spare);
  return { height, first, last, top: at - (passed - first * rowHeight) };
};

/** Where to scroll so that a row is wholly on view, from where it is scrolled now; the same where it is already. */
export const scrollToRow = (
  row: number,
  count: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
): number => {
  const full = count * rowHeight;
  const most = Math.max(0, Math.min(full, MOST_HEIGHT) - viewHeight);
  const range = Math.max(0, full - viewHeight);
  if (most === 0 || range === 0) return 0;
  const passed = (Math.max(0, Math.min(most, scrollTop)) / most) * range;
  const top = row * rowHeight;
  const wanted = top < passed ? top : top + rowHeight > passed + viewHeight ? top + rowHeight - viewHeight : passed;
  return wanted === passed ? scrollTop : (wanted / range) * most;
};
