/** The width an element has, followed as it changes. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** @returns a ref for the element and its content's width, px; `initial` until it is laid out. */
export const useWidth = <T extends HTMLElement>(initial: number) => {
  const ref = useRef<T>(null);
  const width = useSignal(initial);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = (): void => {
      const next = Math.round(element.clientWidth);
      if (next > 0) width.value = next;
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [width]);
  return [ref, width] as const;
};
