/** `attune doctor`: what works on this machine, what is missing, and how to get it. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { findBrowser, findProgram } from '../node/find-program.ts';
import { packagePath } from '../node/package-root.ts';
import { AttuneError } from '../src/base/errors.ts';
import {
  checkJsonTarget,
  createProgress,
  isScreen,
  JSON_FLAG,
  JSON_HELP,
  type JsonTarget,
  print,
  writeJson,
} from './output.ts';

/** `missing` stops part of Attune from working; `absent` is something that not everyone needs. */
type State = 'ok' | 'absent' | 'missing';

interface Check {
  readonly name: string;
  readonly state: State;
  /** What was found, or what to do about it. */
  readonly detail: string;
}

const OLDEST_NODE = [20, 19] as const;

const checkNode = (): Omit<Check, 'name'> => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNewEnough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const found = `Node ${process.versions.node} on ${process.platform} ${process.arch}`;
  return isNewEnough
    ? { state: 'ok', detail: found }
    : { state: 'missing', detail: `${found}: install Node ${OLDEST_NODE.join('.')} or newer` };
};

const checkRuntime = async (): Promise<Omit<Check, 'name'>> => {
  const { findRuntime } = await import('../node/open-session.ts');
  return (await findRuntime()) === 'native'
    ? { state: 'ok', detail: 'onnxruntime-node' }
    : { state: 'ok', detail: 'WebAssembly (slower; "npm install onnxruntime-node" brings the fast one)' };
};

const checkDetector = async (): Promise<Omit<Check, 'name'>> => {
  const { loadFaceDetector } = await import('../node/face-models.ts');
  const { session } = await loadFaceDetector();
  await session.release();
  return { state: 'ok', detail: 'BlazeFace, full range; MediaPipe weights, Apache-2.0' };
};

const checkExpression = async (): Promise<Omit<Check, 'name'>> => {
  const { loadFaceModels } = await import('../node/face-models.ts');
  const { expression, detector } = await loadFaceModels();
  const { metadata } = expression.session;
  await Promise.all([expression.session.release(), detector.session.release()]);
  const megabytes = statSync(packagePath('models', 'expression.onnx')).size / 1e6;
  const terms = metadata['attune.terms'] ?? 'no terms named: read the card of the data it was trained on';
  const made = `recipe ${metadata['attune.recipe'] ?? 'unknown'}, seed ${metadata['attune.seed'] ?? 'unknown'}`;
  return { state: 'ok', detail: `${made}, ${megabytes.toFixed(1)} MB. ${terms}` };
};

const checkCatalogue = async (): Promise<Omit<Check, 'name'>> => {
  const { loadCatalogue } = await import('../node/catalogue.ts');
  return { state: 'ok', detail: `${(await loadCatalogue()).size} songs` };
};

const checkPage = (): Omit<Check, 'name'> =>
  existsSync(packagePath('dist', 'web', 'index.html'))
    ? { state: 'ok', detail: 'built: "attune serve" shows it' }
    : { state: 'missing', detail: 'not built: run "npm run build"' };

const checkHeic = async (): Promise<Omit<Check, 'name'>> => {
  const { default: sharp } = await import('sharp');
  const { heif } = sharp.format;
  const suffixes: readonly string[] = heif.input.fileSuffix ?? [];
  return suffixes.includes('.heic')
    ? { state: 'ok', detail: 'read' }
    : { state: 'absent', detail: 'not read here: export iPhone photos as JPEG (the page reads them in Safari)' };
};

const checkFfmpeg = async (): Promise<Omit<Check, 'name'>> => {
  const [ffmpeg, ffprobe] = [findProgram('ffmpeg'), findProgram('ffprobe')];
  if (ffmpeg === undefined || ffprobe === undefined)
    return {
      state: 'absent',
      detail: 'not on the PATH, so the command line reads no videos: install ffmpeg (apt-get, brew, winget)',
    };
  const { stdout } = await promisify(execFile)(ffmpeg, ['-version']);
  return { state: 'ok', detail: stdout.split('\n')[0]?.replace(/ Copyright.*/, '') ?? ffmpeg };
};

const checkBrowser = (): Omit<Check, 'name'> => {
  const browser = findBrowser();
  return browser === undefined
    ? { state: 'absent', detail: 'no Chromium, Chrome or Edge found: the page runs in any browser, its tests need one' }
    : { state: 'ok', detail: browser };
};

const checkWebGpu = async (): Promise<Omit<Check, 'name'>> => {
  const { hasWebGpu } = await import('../node/webgpu.ts');
  return (await hasWebGpu())
    ? { state: 'ok', detail: 'usable: "attune train ... --device webgpu"' }
    : { state: 'absent', detail: 'no usable GPU: training runs on the CPU' };
};

/** Data sets lie where ATTUNE_DATA says, else beside the checkout. */
const checkData = (): Omit<Check, 'name'> => {
  const folder = process.env.ATTUNE_DATA ?? packagePath('..', 'shared', 'data');
  const sets = existsSync(folder)
    ? readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory())
    : [];
  return sets.length > 0
    ? { state: 'ok', detail: sets.join(', ') }
    : {
        state: 'absent',
        detail: 'none found (only training and evaluation need them: ATTUNE_DATA names their folder)',
      };
};

const CHECKS: readonly (readonly [name: string, check: () => Omit<Check, 'name'> | Promise<Omit<Check, 'name'>>])[] = [
  ['Node', checkNode],
  ['inference', checkRuntime],
  ['face detector', checkDetector],
  ['expression model', checkExpression],
  ['songs', checkCatalogue],
  ['page', checkPage],
  ['videos', checkFfmpeg],
  ['HEIC photos', checkHeic],
  ['browser', checkBrowser],
  ['WebGPU', checkWebGpu],
  ['data sets', checkData],
];

const MARKS: Readonly<Record<State, string>> = { ok: 'ok', absent: '-', missing: 'MISSING' };

/** The text broken into lines of at most so many characters. */
const wrap = (text: string, columns: number): string[] =>
  text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
    return lines;
  }, []);

const describe = ({ name, state, detail }: Check): string => {
  const indent = 27;
  const lines = wrap(detail, (process.stdout.columns || 100) - indent);
  return `${MARKS[state].padEnd(9)}${name.padEnd(18)}${lines.join(`\n${' '.repeat(indent)}`)}`;
};

const diagnose = async ({ json }: { readonly json?: JsonTarget }): Promise<void> => {
  checkJsonTarget(json);
  const progress = createProgress();
  const checks: Check[] = [];
  for (const [name, run] of CHECKS) {
    progress.say(`Checking ${name} ...`);
    let found: Omit<Check, 'name'>;
    try {
      found = await run();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      found = { state: 'missing', detail: error instanceof AttuneError ? message : `fails: ${message}` };
    }
    progress.clear();
    checks.push({ name, ...found });
    if (!isScreen(json)) print(describe({ name, ...found }));
  }
  if (json !== undefined) writeJson({ checks }, json);
  if (checks.some(({ state }) => state === 'missing')) process.exitCode = 1;
};

export const addDoctor = (program: Command): void => {
  program
    .command('doctor')
    .description('tell what works on this machine and what is missing')
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
"-" marks what is absent and not everyone needs; "MISSING" (exit code 1) what
keeps part of Attune from working. The terms under "expression model" are those
of the data it was trained on: they bind whoever uses the weights.

Examples:
  attune doctor
  attune doctor --json | jq '.checks[] | select(.state != "ok")'`,
    )
    .action(diagnose);
};
