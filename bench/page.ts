/** The page in Chromium: frames a second of the camera beside human, memory over time, the first visit at 10 Mbit/s: `npm run bench -- page [-- --seconds N --rounds N --minutes N]`. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, type BrowserServer, chromium, type Page } from 'playwright-core';
import { findBrowser, findProgram } from '../node/find-program.ts';
import { packagePath } from '../node/package-root.ts';
import { samplePhoto } from '../test/browser/media.ts';
import { openStaticHost } from '../test/browser/static-host.ts';
import { costOfProcesses } from './measure/process-cost.ts';
import { median } from './measure/statistics.ts';
import { describeLoad, milliseconds, printTable, ratio } from './measure/table.ts';
import { openHumanCamera } from './peers/human-camera.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '15' },
    rounds: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '1' },
  },
});
const folder = packagePath('dist', 'web');
const temporary = mkdtempSync(join(tmpdir(), 'attune-bench-'));
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);

/** A film of one person who turns the head, as a camera of 640x480 at 30 frames/s sends it; else a photo that stands still. */
const makeCamera = (): { readonly file: string; readonly what: string } => {
  const ffmpeg = findProgram('ffmpeg');
  if (!ffmpeg) throw new Error('The fake camera is made by ffmpeg, which is not on the PATH: install it.');
  const data = process.env.ATTUNE_DATA ?? packagePath('..', 'shared', 'data');
  const film = join(data, 'face-photos', 'head-pose-face-detection-female.mp4');
  const isThere = existsSync(film);
  const file = join(temporary, 'camera.mjpeg');
  const size = 'scale=640:480:force_original_aspect_ratio=increase,crop=640:480,fps=30';
  const input = isThere ? ['-i', film] : ['-loop', '1', '-t', '2', '-i', samplePhoto(6)];
  const options = ['-v', 'error', '-y', ...input, '-vf', size, '-pix_fmt', 'yuvj420p', '-q:v', '3', file];
  if (spawnSync(ffmpeg, options, { stdio: 'inherit' }).status !== 0) throw new Error('ffmpeg made no camera file.');
  return { file, what: isThere ? 'a film of a head that turns' : 'a photo that stands still' };
};

interface Opened {
  readonly server: BrowserServer;
  readonly browser: Browser;
  readonly page: Page;
  close(): Promise<void>;
}

const openChromium = async (camera?: string): Promise<Opened> => {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('No browser was found: run "npx tsx scripts/ensure-browser.ts".');
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
  if (camera) args.push('--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`);
  const server = await chromium.launchServer({ executablePath, args });
  const browser = await chromium.connect(server.wsEndpoint());
  const context = await browser.newContext({ permissions: camera ? ['camera'] : [] });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  return { server, browser, page, close: () => server.close() };
};

const countScript = `(() => {
  window.counted = { frames: 0, faces: 0 };
  const listen = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
  Object.defineProperty(Worker.prototype, 'onmessage', {
    set(handler) {
      listen.set.call(this, (event) => {
        handler(event);
        if (event.data.kind !== 'frame') return;
        window.counted.frames++;
        if (event.data.frame.faces.length > 0) window.counted.faces++;
      });
    },
  });
})()`;

interface Counted {
  readonly frames: number;
  readonly faces: number;
}
const countedIn = (page: Page): Promise<Counted> => page.evaluate('window.counted');
const sleep = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

const startAttune = async (page: Page, url: string): Promise<void> => {
  await page.addInitScript(countScript);
  await page.goto(url);
  await page.locator('.sources .primary').click();
  await page.locator('.notice .primary').click();
  await page.locator('.bars.live').waitFor();
};
const startHuman = async (page: Page, url: string): Promise<void> => {
  await page.goto(url);
  while ((await page.evaluate('window.counted?.frames ?? 0')) === 0) await sleep(0.2);
};

interface Loop {
  readonly framesPerSecond: number;
  readonly faceShare: number;
  readonly processorMs: number | undefined;
}

const measureLoop = async (start: (page: Page) => Promise<void>, camera: string): Promise<Loop> => {
  const { page, server, close } = await openChromium(camera);
  try {
    await start(page);
    await sleep(4);
    const pid = server.process().pid ?? 0;
    const [before, costBefore, begin] = [await countedIn(page), costOfProcesses(pid), performance.now()];
    await sleep(Number(values.seconds));
    const [after, costAfter, end] = [await countedIn(page), costOfProcesses(pid), performance.now()];
    const frames = after.frames - before.frames;
    return {
      framesPerSecond: (frames * 1000) / (end - begin),
      faceShare: (after.faces - before.faces) / frames,
      processorMs: costBefore && costAfter && (costAfter.processorMs - costBefore.processorMs) / frames,
    };
  } finally {
    await close();
  }
};

const compareLoops = async (camera: ReturnType<typeof makeCamera>): Promise<void> => {
  const attune = await openStaticHost({ folder });
  const human = await openHumanCamera();
  const contenders: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
    ['attune', (page) => startAttune(page, attune.url)],
    ['human, every frame read', (page) => startHuman(page, `${human.url}?every`)],
    ['human, as it comes (most frames from its cache)', (page) => startHuman(page, human.url)],
  ];
  const loops = new Map<string, Loop[]>(contenders.map(([name]) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [name, start] of round % 2 === 0 ? contenders : contenders.toReversed())
      loops.get(name)!.push(await measureLoop(start, camera.file));
  await attune.close();
  await human.close();
  const middle = (name: string, of: (loop: Loop) => number | undefined): number | undefined => {
    const found = loops.get(name)!.flatMap((loop) => of(loop) ?? []);
    return found.length > 0 ? median(found) : undefined;
  };
  const own = middle('attune', (loop) => loop.framesPerSecond)!;
  printTable({
    title: `The camera's loop in Chromium, 640x480 at 30 frames/s, one face, WebAssembly, one thread: medians of ${values.rounds} rounds of ${values.seconds} s`,
    columns: ['contender', 'frames/s', 'ratio', 'processor ms a frame', 'frames with a reading %'],
    rows: contenders.map(([name]) => {
      const rate = middle(name, (loop) => loop.framesPerSecond)!;
      const cost = middle(name, (loop) => loop.processorMs);
      return [
        name,
        rate.toFixed(1),
        ratio(own / rate),
        cost === undefined ? '' : milliseconds(cost),
        (100 * middle(name, (loop) => loop.faceShare)!).toFixed(0),
      ];
    }),
    notes: [
      'Ratio: of Attune to the contender; above 1, Attune is faster. Processor time is of the whole browser: camera, page, drawing.',
      `The camera: ${camera.what}. 30 frames/s is the most that it gives.`,
      describeLoad(),
    ],
  });
};

const watchMemory = async (camera: string): Promise<void> => {
  const host = await openStaticHost({ folder });
  const { page, server, close } = await openChromium(camera);
  const rows: (string | number)[][] = [];
  try {
    await startAttune(page, host.url);
    await sleep(5);
    const session = await page.context().newCDPSession(page);
    const steps = 6;
    for (let step = 0; step <= steps; step++) {
      if (step > 0) await sleep((Number(values.minutes) * 60) / steps);
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      const { frames } = await countedIn(page);
      const memory = costOfProcesses(server.process().pid ?? 0)?.memoryBytes;
      const minutes = ((step * Number(values.minutes)) / steps).toFixed(1);
      rows.push([minutes, frames, megabytes(usedSize), memory === undefined ? '' : (memory / 1e6).toFixed(0)]);
    }
  } finally {
    await close();
    await host.close();
  }
  printTable({
    title: "Memory while the camera runs; the page's heap after a collection of garbage",
    columns: ['minutes', 'frames read', 'heap MB', 'whole browser MB'],
    rows,
    notes: [`--minutes N for longer; one frame is with the worker at a time, the rest are dropped.`],
  });
};

const measureVisits = async (): Promise<void> => {
  const host = await openStaticHost({ folder, line: { bitsPerSecond: 10e6, latencyMs: 40 } });
  const { page, close } = await openChromium();
  const rows: (string | number)[][] = [];
  const transferred = (): number => host.answers.reduce((sum, { bytes }) => sum + bytes, 0);
  try {
    const visit = async (name: string, count: () => string): Promise<void> => {
      const begin = performance.now();
      const since = (): string => ((performance.now() - begin) / 1000).toFixed(2);
      await page.goto(host.url, { waitUntil: 'commit' });
      await page.locator('.mood').nth(6).waitFor();
      rows.push([name, 'the page is drawn, a mood can be picked', since(), count()]);
      await page.locator('.mood').nth(3).click();
      await page.locator('.songs li').nth(19).waitFor();
      rows.push([name, 'a mood picked by hand has its twenty songs', since(), count()]);
      await page.locator('input[type=file]').first().setInputFiles(samplePhoto(6));
      await page.locator('.reading .bar').nth(6).waitFor();
      rows.push([name, 'a photo chosen meanwhile is read', since(), count()]);
    };
    await visit('first', () => megabytes(transferred()));
    await page.goto(`${host.url}#settings`);
    await page.locator('.settings section [role=status]', { hasText: 'it opens without' }).waitFor();
    rows.push(['first', 'everything is kept for use without a network', '', megabytes(transferred())]);
    await host.close();
    await page.goto('about:blank');
    await visit('second, server gone', () => '0');
  } finally {
    await close();
  }
  printTable({
    title: 'Visits at 10 Mbit/s and 40 ms, .br copies served',
    columns: ['visit', 'until', 'seconds', 'MB transferred so far'],
    rows,
    notes: [describeLoad()],
  });
};

try {
  const camera = makeCamera();
  await measureVisits();
  await compareLoops(camera);
  await watchMemory(camera.file);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
