/** The package as `npm pack` makes it, used from an empty folder in Node, under TypeScript and under Vite. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagePath, packageRoot } from '../../node/package-root.ts';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { untrainedExpressionModel } from '../face/untrained-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const manifest = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
};
const NEEDED = Object.keys(manifest.dependencies);
const OPTIONAL = Object.keys(manifest.optionalDependencies);
/** What the library itself may load; all else is for the server, the command line and training. */
const FOR_THE_LIBRARY = ['sharp', 'onnxruntime-web', 'onnxruntime-node', 'jieba-wasm', 'opencc-js'];

const binOf = (packageName: string, name: string): string => {
  const home = packagePath('node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  return join(home, typeof bin === 'string' ? bin : (bin[name] ?? ''));
};

let tarball = '';
let contents: string[] = [];

/**
 * A folder into which the tarball and only these dependencies are installed. Dependencies are links to the ones here, so
 * that no network is needed; a package that is not linked does not exist for it.
 */
const install = (name: string, dependencies: readonly string[]): string => {
  const home = join(folder, name);
  const modules = join(home, 'node_modules');
  mkdirSync(join(modules, 'attune'), { recursive: true });
  execFileSync('tar', ['xzf', tarball, '-C', join(modules, 'attune'), '--strip-components=1']);
  for (const dependency of dependencies) {
    const link = join(modules, dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(packagePath('node_modules', dependency), link, 'junction');
  }
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
  copyFileSync(packagePath('node_modules', '@vladmandic', 'face-api', 'demo', 'sample1.jpg'), join(home, 'photo.jpg'));
  writeFileSync(join(home, 'untrained.onnx'), untrainedExpressionModel({ metadata: { 'attune.threshold': '0' } }));
  const songs = EMOTIONS.flatMap((emotion) =>
    Array.from({ length: 25 }, (_, n) => `Song ${n},Singer ${n},1999,en,${emotion},happy;pop,${n < 3 ? 1 : ''}`),
  );
  writeFileSync(
    join(home, 'songs.csv'),
    `title,artist,year,language,emotion,tags,typical\n${songs.join('\n').replaceAll(/Song (\d+),(.*?),(\w+),happy/g, 'Song $1 $3,$2,$3,happy')}\n`,
  );
  return home;
};

beforeAll(() => {
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: packageRoot,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const report = JSON.parse(packed) as { filename: string; files: { path: string }[] }[] | Record<string, never>;
  const [entry] = Object.values(report);
  tarball = join(folder, entry!.filename);
  contents = entry!.files.map(({ path }: { path: string }) => path);
});

test('holds what is needed to run and no source, test or report', () => {
  for (const path of [
    'dist/node/index.js',
    'dist/browser/index.js',
    'dist/cli/main.js',
    'dist/web/index.html',
    'dist/models/face-detector-full.onnx',
    'README.md',
    'LICENSE',
  ])
    expect(contents.includes(path), path).toBe(true);
  expect(contents.filter((path) => /\.test\.|^(src|test|scripts|training|reports|bench)\//.test(path))).toEqual([]);
  // What is committed under models/ and catalogue/ ships.
  for (const room of ['models', 'catalogue'].filter((name) => existsSync(packagePath(name))))
    for (const entry of readdirSync(packagePath(room), { withFileTypes: true }))
      if (entry.isFile()) expect(contents, entry.name).toContain(`${room}/${entry.name}`);
});

/** Reads a photo and recommends, as a user's program would; prints what it found. */
const PROGRAM = `
import { decodePhoto, findRuntime, loadCatalogue, loadFaceModels, readFaces, recommend } from 'attune';

const models = await loadFaceModels({ expression: 'untrained.onnx' });
const [face] = await readFaces(await decodePhoto('photo.jpg'), models);
const { songs } = recommend({ mood: face.scores, catalogue: await loadCatalogue('songs.csv') });
console.log(JSON.stringify({ runtime: await findRuntime(), box: face.face.box, scores: face.scores, count: songs.length }));
`;
const runProgram = (home: string) => {
  writeFileSync(join(home, 'program.js'), PROGRAM);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['program.js'], { cwd: home, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as {
    runtime: string;
    box: Record<string, number>;
    scores: Record<string, number>;
    count: number;
  };
};

test('reads a photo in Node with nothing but the library’s own dependencies, natively and in WebAssembly alike', () => {
  // Neither fastify nor commander is there: an import of one would fail.
  const native = runProgram(install('native', FOR_THE_LIBRARY));
  const wasm = runProgram(
    install(
      'wasm',
      FOR_THE_LIBRARY.filter((name) => !OPTIONAL.includes(name)),
    ),
  );
  expect([native.runtime, wasm.runtime]).toEqual(['native', 'wasm']);
  expect([native.count, wasm.count]).toEqual([20, 20]);
  expect(native.box.width).toBeGreaterThan(40);
  for (const emotion of EMOTIONS) expect(wasm.scores[emotion]).toBeCloseTo(native.scores[emotion]!, 4);
});

test('importing the library loads no inference engine, no server and no command line', () => {
  const home = install('modules', NEEDED);
  const hook = `
export const load = async (url, context, next) => {
  process._rawDebug(url);
  return next(url, context);
};`;
  writeFileSync(join(home, 'hook.js'), hook);
  writeFileSync(
    join(home, 'register.js'),
    "import { register } from 'node:module'; register('./hook.js', import.meta.url);",
  );
  writeFileSync(join(home, 'import.js'), "import 'attune';");
  const { status, stderr } = spawnSync(process.execPath, ['--import', './register.js', 'import.js'], {
    cwd: home,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  const loaded = stderr.split('\n').filter((url) => url.startsWith('file:'));
  expect(loaded.some((url) => url.endsWith('/attune/dist/node/index.js'))).toBe(true);
  const packages = new Set(loaded.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []));
  expect([...packages].filter((name) => ['attune', 'sharp'].includes(name)).sort()).toEqual(['attune', 'sharp']);
  for (const name of ['fastify', '@fastify/static', 'commander', 'zod', 'onnxruntime-node', 'onnxruntime-web'])
    expect(packages).not.toContain(name);
  expect(loaded.filter((url) => /\/dist\/(server|cli|training)\//.test(url))).toEqual([]);
});

test('the installed command runs', () => {
  const home = install('command', [...NEEDED, ...OPTIONAL]);
  const command = join(home, 'node_modules', 'attune', 'dist', 'cli', 'main.js');
  const args = [command, 'recommend', 'photo.jpg', '--model', 'untrained.onnx', '--library', 'songs.csv', '--json'];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: home, encoding: 'utf8' });
  expect(status).toBe(0);
  expect(JSON.parse(stdout).songs).toHaveLength(20);
});

const hasShippedModel = existsSync(packagePath('models', 'expression.onnx'));
test.skipIf(!hasShippedModel)('the README’s example for Node prints 20 songs (needs models/expression.onnx)', () => {
  const home = install('readme', FOR_THE_LIBRARY);
  const [, example] = /```js\n([\s\S]*?)```/.exec(readFileSync(packagePath('README.md'), 'utf8')) ?? [];
  writeFileSync(join(home, 'example.js'), example ?? '');
  copyFileSync(join(home, 'photo.jpg'), join(home, 'me.jpg'));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['example.js'], { cwd: home, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.trimEnd().split('\n')).toHaveLength(20);
});

const CONSUMER = `
import { type EmotionScores, type FaceReading, loadFaceModels, readFaces, recommend, type Song } from 'attune';

export const readings: (image: Parameters<typeof readFaces>[0]) => Promise<FaceReading[]> = async (image) =>
  readFaces(image, await loadFaceModels());
export const songs = (...[options]: Parameters<typeof recommend>): readonly Song[] => recommend(options).songs.map(({ song }) => song);
export const happy = (scores: EmotionScores): number => scores.happy;
export const joyful = (scores: EmotionScores): number => scores.joyful;
`;

test('its types hold in Node and under a bundler, and are checked, not any', () => {
  const home = install('types', [...NEEDED, '@types/node']);
  writeFileSync(join(home, 'consumer.ts'), CONSUMER);
  const check = (options: Record<string, unknown>): string => {
    const compilerOptions = { strict: true, noEmit: true, target: 'ES2022', skipLibCheck: false, ...options };
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    return spawnSync(process.execPath, [binOf('typescript', 'tsc')], { cwd: home, encoding: 'utf8' }).stdout;
  };
  // The one mistake in it is found, so the types are not `any`; nothing else is.
  const joyful = /^consumer\.ts\(\d+,\d+\): error TS2339: Property 'joyful' does not exist on type .*\n$/;
  expect(check({ module: 'NodeNext', lib: ['ES2023'], types: ['node'] })).toMatch(joyful);
  const forBrowsers = { module: 'ESNext', moduleResolution: 'Bundler', customConditions: ['browser'] };
  expect(check({ ...forBrowsers, lib: ['ES2023', 'DOM', 'DOM.Iterable'], types: [] })).toMatch(joyful);
});

test('Vite bundles it for the browser, without anything of Node', () => {
  const home = install('vite', FOR_THE_LIBRARY);
  writeFileSync(join(home, 'index.html'), '<!doctype html><script type="module" src="/page.js"></script>');
  const page = `
import { loadFaceModels, readFaces, recommend } from 'attune';
import detector from 'attune/models/face-detector-full.onnx?url';
import lyrics from 'attune/models/lyrics-emotion.json.gz?url';
import degrees from 'attune/lexicons/degree-en.tsv?url';
globalThis.attune = { loadFaceModels, readFaces, recommend, detector, lyrics, degrees };`;
  writeFileSync(join(home, 'page.js'), page);
  const args = [binOf('vite', 'vite'), 'build', '--logLevel', 'warn'];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: home, encoding: 'utf8' });
  expect([status, stderr.replace(/.*chunk.*/gi, ''), stdout.includes('externalized')]).toEqual([
    0,
    expect.any(String),
    false,
  ]);
  const assets = readdirSync(join(home, 'dist', 'assets'));
  expect(assets.some((name) => /^face-detector-full-.+\.onnx$/.test(name))).toBe(true);
  expect(assets.some((name) => /^lyrics-emotion.+\.gz$/.test(name))).toBe(true);
  const script = assets
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(home, 'dist', 'assets', name), 'utf8'))
    .join('');
  expect(script.includes('face/none')).toBe(true);
  expect(['fastify', 'autoOrient', 'node:child_process'].filter((word) => script.includes(word))).toEqual([]);
});

test('publint and are-the-types-wrong find nothing', () => {
  const lint = spawnSync(process.execPath, [binOf('publint', 'publint'), 'run', tarball, '--strict'], {
    encoding: 'utf8',
  });
  const missing = ['models/expression.onnx', 'catalogue/songs.csv'].filter((path) => !existsSync(packagePath(path)));
  const complaints = lint.stdout.split('\n').filter((line) => /^\d+\. /.test(line));
  expect(complaints.filter((line) => !missing.some((path) => line.includes(path)))).toEqual([]);
  // Models, songs and word lists are files for bundlers and have no types to be wrong.
  const { exports } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { exports: object };
  const files = Object.keys(exports).flatMap((name) =>
    /\.(onnx|csv|gz|tsv)$|\/\*$/.test(name) ? [name.slice(2)] : [],
  );
  const args = [tarball, '--profile', 'esm-only', '--format', 'json', '--exclude-entrypoints', ...files];
  const types = spawnSync(process.execPath, [binOf('@arethetypeswrong/cli', 'attw'), ...args], { encoding: 'utf8' });
  expect([types.status, types.stderr]).toEqual([0, '']);
});
