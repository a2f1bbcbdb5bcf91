/** Keeps the page usable without a network: the shell at once, engine and models when they are first used. */

/** What the build writes in: a version, the files of the shell, and those that are large and wait until they are used. */
interface PageFiles {
  readonly version: string;
  readonly shell: readonly string[];
  readonly later: readonly string[];
  /** What only some visits need: kept once it was used. */
  readonly onDemand: readonly string[];
}

declare const PAGE_FILES: PageFiles;

/** The part of ServiceWorkerGlobalScope used here: TypeScript's own declarations of it cannot stand beside the DOM's. */
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(
    type: 'message',
    listener: (event: Extendable & { readonly data: unknown; readonly ports: readonly MessagePort[] }) => void,
  ): void;
  addEventListener(
    type: 'fetch',
    listener: (event: { readonly request: Request; respondWith(response: Promise<Response>): void }) => void,
  ): void;
}
interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}

const scope = self as unknown as Scope;
/** Every file lies in one cache. Names with a hash never change meaning; the others are asked for again while there is a network. */
const CACHE = 'attune-files';
const KEPT = new Set([...PAGE_FILES.shell, ...PAGE_FILES.later, ...PAGE_FILES.onDemand]);
const STAMP = 'attune-version';
/** A server that does not answer by then is treated as no network, for files that lie in the cache. */
const PATIENCE_MS = 4000;

const addressOf = (file: string): string => new URL(file, scope.registration.scope).href;

/** The response without the mark of a redirect, which a browser refuses as the answer to a navigation. */
const keep = async (cache: Cache, address: string, response: Response): Promise<void> => {
  if (response.status !== 200 || response.type !== 'basic') return;
  const { headers, redirected } = response;
  await cache.put(address, redirected ? new Response(response.body, { headers }) : response);
};

const fetchInto = async (cache: Cache, file: string): Promise<void> => {
  const address = addressOf(file);
  // A hashed file that is there is right; one without a hash is asked for again.
  if (file.startsWith('assets/') && (await cache.match(address))) return;
  const response = await fetch(address, { cache: file.startsWith('assets/') ? 'default' : 'no-cache' });
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  await keep(cache, address, response);
};

const install = async (): Promise<void> => {
  const cache = await caches.open(CACHE);
  // What has a hash comes first: a page kept beside files that did not arrive would not open without a network.
  for (const hashed of [true, false])
    await Promise.all(
      PAGE_FILES.shell.filter((file) => file.startsWith('assets/') === hashed).map((file) => fetchInto(cache, file)),
    );
  await scope.skipWaiting();
};

/** Files of versions before this one go; those that both versions share stay. */
const activate = async (): Promise<void> => {
  const cache = await caches.open(CACHE);
  const known = new Set(['', ...KEPT].map(addressOf));
  for (const request of await cache.keys()) {
    const isHashed = request.url.startsWith(addressOf('assets/'));
    if (isHashed && !known.has(request.url)) await cache.delete(request);
  }
  await cache.put(addressOf(STAMP), new Response(PAGE_FILES.version));
  await scope.clients.claim();
};

/** The cached copy at once. */
const fromCache = async (request: Request): Promise<Response> => {
  const cache = await caches.open(CACHE);
  const cached = await cache.match(request.url);
  if (cached) return cached;
  const response = await fetch(request);
  // The page gets its copy as it arrives; the cache takes it only if it arrives whole.
  keep(cache, request.url, response.clone()).catch(() => undefined);
  return response;
};

/** The newest while the network answers, else the cached copy. */
const fromNetwork = async (request: Request): Promise<Response> => {
  const cache = await caches.open(CACHE);
  // "/" and "/index.html", with any query, are one page.
  const isPage = request.mode === 'navigate';
  const address = isPage ? addressOf('index.html') : request.url;
  const cached = await cache.match(address);
  const fresh = (async () => {
    const response = await fetch(request, isPage ? {} : { cache: 'no-cache' });
    keep(cache, address, response.clone()).catch(() => undefined);
    return response;
  })();
  if (!cached) return fresh;
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(cached), PATIENCE_MS));
  return Promise.race([fresh, late]).then(
    (response) => (response.ok ? response : cached),
    () => cached,
  );
};

scope.addEventListener('install', (event) => event.waitUntil(install()));
scope.addEventListener('activate', (event) => event.waitUntil(activate()));

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(scope.registration.scope)) return;
  const file = request.url.slice(scope.registration.scope.length).replace(/[?#].*$/, '');
  if (file.startsWith('api/')) return;
  if (file.startsWith('assets/')) event.respondWith(fromCache(request));
  else if (request.mode === 'navigate' || KEPT.has(file)) event.respondWith(fromNetwork(request));
});

/** The page asks for what is still missing once its models run, and hears whether everything is there. */
scope.addEventListener('message', (event) => {
  if (event.data !== 'complete') return;
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      const missing = await Promise.all(
        PAGE_FILES.later.map(async (file) => ((await cache.match(addressOf(file))) ? [] : [file])),
      );
      try {
        await Promise.all(missing.flat().map((file) => fetchInto(cache, file)));
        event.ports[0]?.postMessage(true);
      } catch {
        event.ports[0]?.postMessage(false);
      }
    })(),
  );
});
