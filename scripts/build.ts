/** Builds what is missing or out of date: dist/ (the library, server and command line), dist/models/, dist/web/. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkFirstVisit, compressPage } from './compress-page.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, '.cache', 'built.json');
const COMPILED_ROOMS = ['src', 'node', 'browser', 'training', 'server', 'cli'];

interface Step {
  readonly name: string;
  /** Files and folders, relative to the repository, that the outputs are made from. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly run: () => void;
}

const filesUnder = (path: string): string[] => {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
};

const sha256Of = (paths: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesUnder)) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest('hex');
};

/** Runs a program out of node_modules with this Node, so that it works alike on every system. */
const runNode = (...args: readonly string[]): void => {
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`\`node ${args.join(' ')}\` failed: ${error?.message ?? `exit code ${status}`}.`);
};
const binOf = (packageName: string, name: string): string => {
  const file = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(file, 'utf8')) as { bin: Record<string, string> };
  return join(dirname(file), bin[name] ?? '');
};

const compile = (): void => {
  // Types are checked by `npm run check`; here they would only make installing slower.
  runNode(binOf('typescript', 'tsc'), '-p', 'tsconfig.build.json', '--noCheck');
  for (const room of COMPILED_ROOMS) {
    for (const file of filesUnder(join('dist', room))) {
      const source = file.slice('dist'.length + 1).replace(/(\.d\.ts|\.js)$/, '.ts');
      if (!existsSync(join(root, source))) rmSync(join(root, file));
    }
  }
  for (const file of filesUnder(MIGRATIONS)) {
    mkdirSync(dirname(join(root, 'dist', file)), { recursive: true });
    copyFileSync(join(root, file), join(root, 'dist', file));
  }
  chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755);
};

/** The store's tables, read as text when it is opened. */
const MIGRATIONS = 'server/store/migrations';

const DETECTORS = ['dist/models/face-detector-full.onnx', 'dist/models/face-detector-short.onnx'];

const STEPS: readonly Step[] = [
  {
    name: 'library and command line',
    inputs: [...COMPILED_ROOMS, 'tsconfig.base.json', 'tsconfig.build.json'],
    outputs: ['dist/cli/main.js', 'dist/node/index.js', 'dist/browser/index.js'],
    run: compile,
  },
  {
    name: 'empty store',
    inputs: [MIGRATIONS, 'scripts/build-store.ts', 'node_modules/@electric-sql/pglite/package.json'],
    outputs: ['dist/store/start.tar.br'],
    run: () => runNode('--import', 'tsx', 'scripts/build-store.ts'),
  },
  {
    name: 'face detectors',
    inputs: [
      'scripts/build-detectors.ts',
      'scripts/tflite.ts',
      'scripts/tflite-to-onnx.ts',
      'src/graph/onnx.ts',
      'node_modules/@mediapipe/face_detection/package.json',
    ],
    outputs: DETECTORS,
    run: () => runNode('--import', 'tsx', 'scripts/build-detectors.ts'),
  },
  {
    name: 'page',
    inputs: [
      'web',
      'browser',
      'src',
      'models',
      'catalogue',
      'server/api.ts',
      'scripts/compress-page.ts',
      'package-lock.json',
      ...DETECTORS,
    ],
    outputs: ['dist/web/index.html', 'dist/web/index.html.br'],
    run: () => {
      runNode(binOf('vite', 'vite'), 'build', 'web', '--logLevel', 'warn');
      const folder = join(root, 'dist', 'web');
      compressPage({ folder });
      checkFirstVisit(folder);
    },
  },
];

/**
 * Brings dist/ up to date with the sources; a step whose inputs did not change since its last run is skipped.
 *
 * @returns the names of the steps that ran
 */
export const build = ({ say = () => {} }: { say?: (line: string) => void } = {}): string[] => {
  const stamps: Record<string, string> = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};
  const done: string[] = [];
  for (const { name, inputs, outputs, run } of STEPS) {
    const stamp = sha256Of(inputs);
    if (stamps[name] === stamp && outputs.every((path) => existsSync(join(root, path)))) continue;
    say(`Building the ${name} ...`);
    run();
    const missing = outputs.filter((path) => !existsSync(join(root, path)));
    if (missing.length > 0) throw new Error(`Building the ${name} left no ${missing.join(', ')}.`);
    stamps[name] = stamp;
    mkdirSync(dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, JSON.stringify(stamps, null, 2));
    done.push(name);
  }
  return done;
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  build({ say: (line) => console.log(line) });
}
