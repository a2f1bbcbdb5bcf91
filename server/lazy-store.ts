/** A store that is opened when something first asks for it: a server that only serves the page takes no memory for it. */
import type { AskStore } from './data-handlers.ts';
import { hasStore } from './store/data-folder.ts';
import { openStore, type StoreOptions } from './store/open-store.ts';
import type { Store } from './store/store.ts';

export interface LazyStore {
  readonly ask: AskStore;
  /** `empty`: nothing was ever kept there. */
  readonly state: () => 'empty' | 'closed' | 'open';
  readonly close: () => Promise<void>;
}

/** @param onOpen told each time it was opened */
export const createLazyStore = (options: StoreOptions, onOpen: () => void = () => {}): LazyStore => {
  let opening: Promise<Store> | undefined;
  let isOpen = false;
  return {
    ask: () => {
      opening ??= openStore(options).then(
        (store) => {
          isOpen = true;
          setImmediate(() => isOpen && onOpen());
          return store;
        },
        (error: unknown) => {
          opening = undefined; // what was wrong may be put right: the next question tries again
          throw error;
        },
      );
      return opening;
    },
    state: () => (isOpen ? 'open' : hasStore(options) ? 'closed' : 'empty'),
    close: async () => {
      const store = await opening?.catch(() => undefined);
      opening = undefined;
      isOpen = false;
      await store?.close();
    },
  };
};
