/** Fetches the files a page needs from its own origin, with progress and clear errors. */
import { UnavailableError } from '../src/base/errors.ts';

export interface DownloadOptions {
  /** Bytes that have arrived so far, and the whole where the server says it. */
  readonly onProgress?: (loadedBytes: number, totalBytes: number | undefined) => void;
  readonly signal?: AbortSignal;
}

/**
 * The bytes of a file.
 *
 * @throws {UnavailableError} `download/failed`: no connection, or it broke off.
 * @throws {UnavailableError} `download/missing`: the server has no such file.
 */
export const download = async (url: string | URL, options: DownloadOptions = {}): Promise<Uint8Array> => {
  const name = String(url).split('/').pop();
  const failed = (cause: unknown) =>
    new UnavailableError(
      'download/failed',
      `"${name}" could not be loaded: check that Attune's server is still running, then try again.`,
      { cause },
    );
  let response: Response;
  try {
    response = await fetch(url, options.signal ? { signal: options.signal } : {});
  } catch (cause) {
    throw failed(cause);
  }
  // A single-page server may answer a missing file with its start page: that is no model and no catalogue either.
  if (!response.ok || response.headers.get('content-type')?.startsWith('text/html'))
    throw new UnavailableError(
      'download/missing',
      `"${name}" is missing on the server (${response.status}): build the app again with "npm run build".`,
    );
  const total = Number(response.headers.get('content-length')) || undefined;
  // The length counts compressed bytes, the chunks below come unpacked: then the whole is not known.
  const known = response.headers.get('content-encoding') ? undefined : total;
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  try {
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      loaded += part.value.length;
      options.onProgress?.(loaded, known);
    }
  } catch (cause) {
    throw failed(cause);
  }
  const bytes = new Uint8Array(loaded);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
};

/**
 * Several files at once, their progress added up.
 *
 * @throws as `download`, for the first that fails.
 */
export const downloadAll = (
  urls: readonly (string | URL)[],
  { onProgress, signal }: DownloadOptions = {},
): Promise<Uint8Array[]> => {
  const loaded = urls.map(() => 0);
  const totals = urls.map((): number | undefined => undefined);
  return Promise.all(
    urls.map((url, index) =>
      download(url, {
        ...(signal && { signal }),
        onProgress: (bytes, total) => {
          loaded[index] = bytes;
          totals[index] = total;
          const isKnown = totals.every((size) => size !== undefined);
          onProgress?.(sum(loaded), isKnown ? sum(totals) : undefined);
        },
      }),
    ),
  );
};

const sum = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);
