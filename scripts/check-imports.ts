/** Fails when a file imports from a room its own room may not see. The table below IS the architecture. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOMS_OF_SRC = ['base', 'graph', 'svm', 'face', 'audio', 'lyrics', 'music'].map((room) => `src/${room}`);
const LIBRARY = ['src', ...ROOMS_OF_SRC];

/** Room -> the other rooms it may import from. A room that is not listed here may not exist. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/graph': ['src/base'],
  'src/svm': ['src/base'],
  'src/face': ['src/base', 'src/graph', 'src/svm'],
  'src/audio': ['src/base', 'src/graph', 'src/svm'],
  'src/lyrics': ['src/base', 'src/svm'],
  'src/music': ['src/base'],
  src: ROOMS_OF_SRC, // src/index.ts, the public entry
  node: LIBRARY,
  browser: LIBRARY,
  training: [...LIBRARY, 'node'],
  server: [...LIBRARY, 'node'],
  web: [...LIBRARY, 'browser', 'server'], // from server only `import type`, and only from server/api.ts
  cli: [...LIBRARY, 'node', 'training', 'server'],
};

/** Rooms that stand outside the product: they may see all of it but the command line. */
const OUTSIDE = ['scripts', 'bench', 'test'];
/** Rooms whose code must run in a browser, or anywhere: nothing of Node in them. */
const WITHOUT_NODE = ['src', 'browser', 'web'];

export interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
}

const IMPORTS = [
  /(?:^|[\n;}])\s*(?:import|export)\s+(type\s)?[^'"();]*?\bfrom\s*['"]([^'"]+)['"]/g,
  /(?:^|[\n;}])\s*import\s*()['"]([^'"]+)['"]/g,
  /\bimport\(\s*()['"]([^'"]+)['"]/g,
  /\bnew URL\(\s*()['"](\.[^'"]+\.tsx?)['"]\s*,\s*import\.meta\.url/g,
];

/** What a file asks for, also later and in workers. */
export const importsOf = (source: string): Import[] => {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  return IMPORTS.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, type, target]) => ({ target: target ?? '', typeOnly: Boolean(type) })),
  );
};

const roomOf = (path: string): string => {
  const parts = path.split('/');
  return parts[0] === 'src' && parts.length > 2 ? `src/${parts[1]}` : (parts[0] ?? '');
};

/**
 * What breaks the table, one sentence a breach.
 *
 * @param files path relative to the repository, with `/` -> the file's text
 */
export const findBreaches = (files: ReadonlyMap<string, string>): string[] =>
  [...files].flatMap(([path, source]) => {
    const from = roomOf(path);
    const isTest = /\.test\.tsx?$/.test(path);
    const top = path.split('/')[0] ?? '';
    if (!(from in MAY_IMPORT) && !OUTSIDE.includes(from)) return [`${path}: ${from} is not a room of the house`];
    return importsOf(source).flatMap(({ target, typeOnly }) => {
      if (!target.startsWith('.')) {
        if (isTest) return [];
        if (top === 'src') return [`${path}: src imports no package, but this file imports '${target}'`];
        // A build tool's settings lie beside the page but run in Node.
        if (WITHOUT_NODE.includes(top) && target.startsWith('node:') && !path.endsWith('.config.ts')) {
          return [`${path}: ${top} runs in the browser and may not import '${target}'`];
        }
        return [];
      }
      const targetPath = posix.join(posix.dirname(path), target);
      const to = roomOf(targetPath);
      if (to === from) return [];
      // A test may stand on any room, so that it can use the real thing instead of a mock.
      const allowed = isTest || OUTSIDE.includes(from) ? to !== 'cli' : MAY_IMPORT[from]?.includes(to) === true;
      if (!allowed) return [`${path}: ${from} may not import from ${to} ('${target}')`];
      if (from === 'web' && to === 'server' && !isTest && !(typeOnly && targetPath === 'server/api.ts')) {
        return [`${path}: web may import only types, and only from server/api.ts ('${target}')`];
      }
      return [];
    });
  });

const readRooms = (root: string): Map<string, string> => {
  const tops = [...new Set([...Object.keys(MAY_IMPORT), ...OUTSIDE].map((room) => room.split('/')[0] ?? ''))];
  const paths = tops.flatMap((top) => {
    try {
      return readdirSync(resolve(root, top), { recursive: true, encoding: 'utf8' }).map((name) => `${top}/${name}`);
    } catch {
      return []; // a room that nobody has moved into yet
    }
  });
  return new Map(
    paths
      .map((path) => path.replaceAll(sep, '/'))
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => [path, readFileSync(resolve(root, path), 'utf8')]),
  );
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const files = readRooms('.');
  const breaches = findBreaches(files);
  for (const breach of breaches) console.error(breach);
  if (breaches.length === 0) console.log(`Import rules: ${files.size} files, no breach.`);
  process.exitCode = breaches.length > 0 ? 1 : 0;
}
