/** A list of any length of which only the rows on view are in the page; arrow keys, Page and Home and End move through it. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { rowsOnView, scrollToRow } from '../virtual-rows.ts';

interface VirtualListProps {
  readonly count: number;
  readonly label: string;
  /** Height of a row in the page's own unit. */
  readonly rowRem: number;
  /** What is asked for anew starts at its top. */
  readonly listKey: string;
  /** A row's content: one element that can have the focus, with `tabIndex` as given. */
  readonly row: (index: number, tabIndex: 0 | -1) => ComponentChildren;
  readonly onRange: (first: number, last: number) => void;
}

export const VirtualList = ({ count, label, rowRem, listKey, row, onRange }: VirtualListProps) => {
  const box = useRef<HTMLDivElement>(null);
  const scrollTop = useSignal(0);
  const size = useSignal({ view: 600, row: rowRem * 18 });
  /** The row that Tab leads to. */
  const active = useSignal(0);
  const wantsFocus = useRef(false);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      size.value = { view: element.clientHeight, row: Math.round(rowRem * rem) };
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    active.value = 0;
    if (box.current) box.current.scrollTop = 0;
    scrollTop.value = 0;
  }, [listKey]);

  const view = rowsOnView(count, size.value.row, scrollTop.value, size.value.view);
  useEffect(() => {
    if (view.last >= view.first) onRange(view.first, view.last);
  }, [view.first, view.last, count, listKey]);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    const target = box.current?.querySelector<HTMLElement>(`[data-row="${active.value}"] > *`);
    if (!target) return;
    wantsFocus.current = false;
    target.focus({ preventScroll: true });
  });

  const move = (event: KeyboardEvent): void => {
    const pageRows = Math.max(1, Math.floor(size.value.view / size.value.row) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: pageRows,
      PageUp: -pageRows,
      Home: -count,
      End: count,
    };
    const step = steps[event.key];
    if (step === undefined || !box.current) return;
    event.preventDefault();
    active.value = Math.max(0, Math.min(count - 1, active.value + step));
    wantsFocus.current = true;
    const top = scrollToRow(active.value, count, size.value.row, box.current.scrollTop, size.value.view);
    box.current.scrollTop = top;
    scrollTop.value = box.current.scrollTop;
  };

  const indexes = Array.from({ length: view.last - view.first + 1 }, (_, at) => view.first + at);
  // The row with the tab stop may be out of view: then the first one on view has it.
  const stop = active.value >= view.first && active.value <= view.last ? active.value : view.first;
  return (
    <div
      class="rows"
      ref={box}
      style={{ '--rows': String(Math.min(count, 1000)), '--row': `${size.value.row}px` }}
      onScroll={(event) => {
        scrollTop.value = event.currentTarget.scrollTop;
      }}
    >
      <ul onKeyDown={move} aria-label={label} style={{ height: `${view.height}px` }}>
        {indexes.map((index) => (
          <li
            key={index}
            data-row={index}
            aria-setsize={count}
            aria-posinset={index + 1}
            style={{
              height: `${size.value.row}px`,
              transform: `translateY(${view.top + (index - view.first) * size.value.row}px)`,
            }}
            onFocusIn={() => {
              active.value = index;
            }}
          >
            {row(index, index === stop ? 0 : -1)}
          </li>
        ))}
      </ul>
    </div>
  );
};
