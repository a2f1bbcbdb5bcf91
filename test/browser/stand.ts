/** The stand the browser tests play on: the built page behind the project's own server, and an installed browser before it. */
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../../node/find-program.ts';
import { packagePath } from '../../node/package-root.ts';
import { serve } from '../../server/serve.ts';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { untrainedExpressionModel } from '../face/untrained-model.ts';

export interface StandOptions {
  /** Serves untrained models with this threshold instead of the shipped ones: 0 is always sure, 1 never. */
  readonly threshold?: number;
  /** Leaves the expression models out. */
  readonly withoutModel?: boolean;
  /** Keeps songs and choices, in a folder of its own. @default false */
  readonly withStore?: boolean;
}

export interface Stand {
  readonly url: string;
  /** The folder that is served: what is written under `dist/web` is there at once. */
  readonly root: string;
  close(): Promise<void>;
}

/** Enough made-up songs for several lists, where the catalogue is not written yet. */
const madeUpCatalogue = (): string => {
  const tags = [
    'angry;dark',
    'bitter;dark',
    'tense;eerie',
    'happy;playful',
    'sad;melancholic',
    'surprising;quirky',
    'calm;peaceful',
  ];
  const rows = EMOTIONS.flatMap((emotion, index) =>
    Array.from(
      { length: 30 },
      (_, n) => `Song ${emotion} ${n},Singer ${n % 12},${1960 + n},en,${emotion},${tags[index]},${n < 3 ? 1 : ''}`,
    ),
  );
  return `title,artist,year,language,emotion,tags,typical\n${rows.join('\n')}\n`;
};

/** The accurate one, and the one that is there first. */
const MODELS = ['expression.onnx', 'expression-tiny.onnx'];
const shippedCatalogue = packagePath('catalogue', 'songs.csv');

/** Whether the trained models are there; without them untrained ones stand in. */
export const hasTrainedModel = MODELS.every((name) => existsSync(packagePath('models', name)));

/** Serves the built page with the shipped model and catalogue, or with stand-ins by the same contract. */
export const openStand = async ({
  threshold,
  withoutModel = false,
  withStore = false,
}: StandOptions = {}): Promise<Stand> => {
  const root = mkdtempSync(join(tmpdir(), 'attune-stand-'));
  for (const folder of ['dist', 'models', 'catalogue']) mkdirSync(join(root, folder));
  copyFileSync(packagePath('package.json'), join(root, 'package.json'));
  cpSync(packagePath('dist', 'web'), join(root, 'dist', 'web'), { recursive: true });
  cpSync(packagePath('dist', 'models'), join(root, 'dist', 'models'), { recursive: true });
  const untrained = untrainedExpressionModel({ metadata: { 'attune.threshold': String(threshold ?? 0) } });
  for (const name of withoutModel ? [] : MODELS)
    if (threshold === undefined && hasTrainedModel)
      copyFileSync(packagePath('models', name), join(root, 'models', name));
    else writeFileSync(join(root, 'models', name), untrained);
  const catalogue = join(root, 'catalogue', 'songs.csv');
  if (existsSync(shippedCatalogue)) copyFileSync(shippedCatalogue, catalogue);
  else writeFileSync(catalogue, madeUpCatalogue());
  const store = withStore ? { store: { dataDir: join(root, 'data') } } : {};
  const server = await serve({ root, port: 0, logLevel: 'silent', ...store });
  return {
    url: `${server.url}/`,
    root,
    close: async () => {
      await server.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
};

/** The installed browser, without a window. `camera` is a .y4m or .mjpeg file that plays the part of one; 'none' has none. */
export const openBrowser = (camera: string | 'none' = 'none'): Promise<Browser> => {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('No browser was found: run "npx tsx scripts/ensure-browser.ts".');
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ];
  if (camera !== 'none') args.push('--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`);
  return chromium.launch({ executablePath, args });
};

export interface OpenPage {
  readonly page: Page;
  /** Method and address of everything the page and its worker asked for. */
  readonly requests: readonly string[];
  /** Uncaught errors and errors on the console. */
  readonly errors: readonly string[];
}

/** A fresh page at the stand, with everything it asks for and every error it meets written down. */
export const openPage = async (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  // A busy machine is no failure.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  context.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // A file that is missing is said on the page itself.
    if (message.type() === 'error' && !message.text().includes('404')) errors.push(message.text());
  });
  await page.goto(url);
  return { page, requests, errors };
};
