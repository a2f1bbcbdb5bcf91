/** Writes a brotli copy (.br) beside each file of the built page, and holds the first visit to its budget. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { z } from 'zod';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const CACHE = join(root, '.cache', 'brotli');

/** What a first visit may transfer, up to and with the first reading of a face, bytes. */
export const FIRST_VISIT_BUDGET = 8_000_000;

/**
 * What the page may transfer before a mood can be picked by hand, bytes over the wire by kind, as in Lighthouse's budgets: it takes
 * about a fifth of a second at 10 Mbit/s, and what it grows by is to be seen here first.
 */
export const SHELL_BUDGETS: Readonly<Record<string, number>> = {
  js: 100_000,
  css: 12_000,
  woff2: 60_000,
  csv: 60_000,
  total: 220_000,
};

/** Pictures and fonts are compressed already. */
const COMPRESSIBLE = /\.(html|js|css|csv|json|svg|webmanifest|wasm|onnx)$/;

export interface CompressOptions {
  /** The built page. */
  readonly folder: string;
  /** Brotli's, 0 to 11: 9 takes 4 s for the whole page, 11 takes 33 s and saves a tenth. @default 9 */
  readonly quality?: number;
  /** Where compressed copies wait for the next build, by what they hold. @default .cache/brotli */
  readonly cache?: string;
}

/** The brotli copy of these bytes, out of the cache where they were compressed before. */
const compress = (bytes: Uint8Array, quality: number, cache: string): Uint8Array => {
  const name = `${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}-${quality}.br`;
  const cached = join(cache, name);
  if (existsSync(cached)) return readFileSync(cached);
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const made = brotliCompressSync(bytes, {
    // 24 is the largest window that every browser takes.
    params: {
      [BROTLI_PARAM_QUALITY]: quality,
      [BROTLI_PARAM_LGWIN]: 24,
      [BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  mkdirSync(cache, { recursive: true });
  // A second build beside this one must never read half a file.
  writeFileSync(`${cached}.${process.pid}`, made);
  renameSync(`${cached}.${process.pid}`, cached);
  return made;
};

/**
 * Brings the .br copies in a folder up to date: a file that does not shrink by a twentieth has none.
 *
 * @returns the paths, relative to the folder, that have one.
 */
export const compressPage = ({ folder, quality = 9, cache = CACHE }: CompressOptions): string[] => {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => {
    if (!COMPRESSIBLE.test(name) || !statSync(join(folder, name)).isFile()) return false;
    const bytes = readFileSync(join(folder, name));
    const made = compress(bytes, quality, cache);
    const worth = made.length < 0.95 * bytes.length;
    if (worth) writeFileSync(join(folder, `${name}.br`), made);
    else rmSync(join(folder, `${name}.br`), { force: true });
    return worth;
  });
};

const kindOf = (file: string): string => file.slice(file.lastIndexOf('.') + 1);

const filesSchema = z.object({ version: z.string(), shell: z.array(z.string()), later: z.array(z.string()) });

/** A file of the first visit, bytes over the wire without headers. */
export interface FirstVisitFile {
  readonly file: string;
  readonly bytes: number;
  /** Whether it comes before the page is of use, or after. */
  readonly isShell: boolean;
}

/** What a first visit transfers where the .br copies are served: the shell, the service worker, engine and models. */
export const measureFirstVisit = (folder: string): FirstVisitFile[] => {
  const { shell, later } = filesSchema.parse(JSON.parse(readFileSync(join(folder, 'page-files.json'), 'utf8')));
  return ['service-worker.js', ...shell, ...later].map((file) => {
    const path = join(folder, ...file.split('/'));
    const { size } = statSync(existsSync(`${path}.br`) ? `${path}.br` : path);
    return { file, bytes: size, isShell: shell.includes(file) };
  });
};

/** Of the files that come before the page is of use: bytes of each kind that has a budget, and of all. */
const measureShell = (files: readonly FirstVisitFile[]): Readonly<Record<string, number>> => {
  const sizes: Record<string, number> = { total: 0 };
  for (const { file, bytes, isShell } of files) {
    if (!isShell) continue;
    sizes.total = (sizes.total ?? 0) + bytes;
    sizes[kindOf(file)] = (sizes[kindOf(file)] ?? 0) + bytes;
  }
  return sizes;
};

/**
 * One sentence on the first visit's size.
 *
 * @throws {Error} it, or the shell, is above its budget; the message names the largest files.
 */
export const checkFirstVisit = (
  folder: string,
  budget = FIRST_VISIT_BUDGET,
  shellBudgets: Readonly<Record<string, number>> = SHELL_BUDGETS,
): string => {
  const files = measureFirstVisit(folder).sort((a, b) => b.bytes - a.bytes);
  const shell = measureShell(files);
  const over = Object.entries(shellBudgets).flatMap(([kind, most]) => {
    const bytes = shell[kind] ?? 0;
    return bytes > most ? [`${kind} ${(bytes / 1000).toFixed(1)} kB of ${(most / 1000).toFixed(1)} kB`] : [];
  });
  if (over.length > 0)
    throw new Error(`Before the page is of use it transfers too much (${over.join(', ')}): load some of it on demand.`);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
  const largest = files.slice(0, 4).map(({ file, bytes }) => `${file} ${megabytes(bytes)}`);
  const sentence =
    `First visit: ${megabytes(total)} of ${megabytes(budget)} (${largest.join(', ')}), ` +
    `${((shell.total ?? 0) / 1000).toFixed(0)} kB of them before the page is of use.`;
  if (total > budget) throw new Error(`${sentence} That is too much: make one of them smaller or load it on demand.`);
  return sentence;
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  // `npm run check` runs this without arguments: a page that is not built yet is measured when it is built.
  const folder = resolve(process.argv[2] ?? join(root, 'dist', 'web'));
  const name = folder.startsWith(root + sep) ? folder.slice(root.length + 1) : folder;
  if (!existsSync(join(folder, 'page-files.json'))) console.log(`First visit: ${name} is not built yet.`);
  else console.log(checkFirstVisit(folder));
}
