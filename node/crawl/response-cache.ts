/** What was fetched, on disk: each answer is there whole or not at all, so a crawl that was killed goes on where it stood. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface CachedResponse {
  /** Where the answer came from after all redirects, secrets taken out. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  /** Milliseconds since 1970. */
  readonly fetchedAt: number;
  readonly body: Uint8Array;
}

export interface ResponseCache {
  get(key: string): Promise<CachedResponse | undefined>;
  put(key: string, response: CachedResponse): Promise<void>;
  /** Deletes answers that were kept before `time`, milliseconds since 1970, and what a killed process left half-written. */
  forgetBefore(time: number): Promise<void>;
}

/** An answer that is older is asked for anew, milliseconds. */
export const FRESH_MILLISECONDS = 30 * 24 * 3600 * 1000;

/** One file an answer: a line of JSON, then the bytes as they came. */
export const createResponseCache = (folder: string): ResponseCache => {
  const fileOf = (key: string): string => {
    const name = createHash('sha256').update(key).digest('hex');
    return join(folder, name.slice(0, 2), name);
  };
  return {
    get: async (key) => {
      const bytes = await readFile(fileOf(key)).catch(() => undefined);
      const end = bytes?.indexOf(0x0a) ?? -1;
      if (!bytes || end < 0) return undefined;
      try {
        const { length, ...facts } = JSON.parse(bytes.toString('utf8', 0, end)) as Omit<CachedResponse, 'body'> & {
          length: number;
        };
        const body = bytes.subarray(end + 1);
        // A disk that lost power may keep a name without all of its bytes.
        return body.length === length ? { ...facts, body } : undefined;
      } catch {
        return undefined;
      }
    },
    put: async (key, { body, ...facts }) => {
      const file = fileOf(key);
      await mkdir(join(file, '..'), { recursive: true });
      const draft = `${file}.${randomUUID()}`;
      const head = Buffer.from(`${JSON.stringify({ ...facts, length: body.length })}\n`);
      try {
        await writeFile(draft, Buffer.concat([head, body]));
        await rename(draft, file);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    forgetBefore: async (time) => {
      for (const group of await readdir(folder).catch(() => [])) {
        if (!/^[0-9a-f]{2}$/.test(group)) continue;
        for (const name of await readdir(join(folder, group))) {
          const file = join(folder, group, name);
          // Another process may have deleted it meanwhile.
          const facts = await stat(file).catch(() => undefined);
          if (facts && facts.mtimeMs < time) await rm(file, { force: true });
        }
      }
    },
  };
};
