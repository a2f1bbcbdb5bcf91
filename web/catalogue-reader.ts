/** The page's side of the catalogue worker: started with the first large catalogue, asked, waited for. */
import { AttuneError } from '../src/base/errors.ts';
import { type Catalogue, unpackCatalogue } from '../src/music/song-columns.ts';
import type { CatalogueAnswer, CatalogueRequest } from './catalogue-desk.ts';
import type { List, Wish } from './compose-list.ts';
import type { Problem } from './protocol.ts';

interface Waiting {
  readonly resolve: (answer: CatalogueAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: (share: number) => void;
}

type Given = CatalogueRequest extends infer One ? (One extends { id: number } ? Omit<One, 'id'> : never) : never;

const toError = ({ code, message }: Problem): AttuneError => new AttuneError(code, message);

export const createCatalogueReader = () => {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let lastId = 0;
  const start = (): Worker => {
    const begun = new Worker(new URL('./catalogue-worker.ts', import.meta.url), { type: 'module' });
    begun.onmessage = ({ data }: MessageEvent<CatalogueAnswer>) => {
      const asker = waiting.get(data.id);
      if (data.kind === 'progress') return asker?.onProgress(data.share);
      waiting.delete(data.id);
      if (data.kind === 'failed') asker?.reject(toError(data.problem));
      else asker?.resolve(data);
    };
    begun.onerror = (event) => {
      event.preventDefault();
      worker = undefined;
      const why = event.message || 'it did not load';
      for (const { reject } of waiting.values())
        reject(
          new AttuneError('page/worker', `The part of the page that reads songs stopped (${why}): reload the page.`),
        );
      waiting.clear();
    };
    return begun;
  };
  const ask = (given: Given, onProgress: (share: number) => void = () => {}): Promise<CatalogueAnswer> =>
    new Promise((resolve, reject) => {
      worker ??= start();
      lastId += 1;
      waiting.set(lastId, { resolve, reject, onProgress });
      worker.postMessage({ ...given, id: lastId });
    });
  return {
    /** @returns how many songs the file holds. @throws what `parseCatalogue` throws */
    readOwn: async (csv: Blob, onProgress: (share: number) => void): Promise<number> =>
      ((await ask({ kind: 'own', csv }, onProgress)) as Extract<CatalogueAnswer, { kind: 'read' }>).count,
    readLibrary: async (base: string, total: number, onProgress: (share: number) => void): Promise<number> =>
      ((await ask({ kind: 'library', base, total }, onProgress)) as Extract<CatalogueAnswer, { kind: 'read' }>).count,
    join: async (
      which: Omit<Extract<CatalogueRequest, { kind: 'join' }>, 'id' | 'kind'>,
    ): Promise<Catalogue | undefined> => {
      const { packed } = (await ask({ kind: 'join', ...which })) as Extract<CatalogueAnswer, { kind: 'joined' }>;
      return packed && unpackCatalogue(packed);
    },
    /** A list out of what was joined last. */
    compose: async (wish: Wish): Promise<List> =>
      ((await ask({ kind: 'compose', wish })) as Extract<CatalogueAnswer, { kind: 'composed' }>).list,
  };
};
