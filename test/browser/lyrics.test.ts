/** The same lyrics give the same emotions in Chromium as in Node, through the package's browser entry. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LEXICON_FILES } from '../../browser/lyrics.ts';
import { loadLexicons } from '../../node/lexicons.ts';
import { loadLyricModel } from '../../node/lyric-model.ts';
import { packagePath } from '../../node/package-root.ts';
import { loadChineseTools } from '../../node/segment-words.ts';
import { EMOTIONS, type EmotionScores } from '../../src/base/emotions.ts';
import { readLyricEmotions } from '../../src/lyrics/song-emotions.ts';
import { openBrowser, openPage } from './stand.ts';
import { openStaticHost, type StaticHost } from './static-host.ts';

interface Reading {
  readonly text: string;
  readonly scores: EmotionScores;
  readonly confidence: number;
  readonly language: string;
}

const { version, readings } = JSON.parse(
  readFileSync(packagePath('test', 'reference', 'lyric-readings.json'), 'utf8'),
) as { readonly version: string; readonly readings: readonly Reading[] };

const expectSame = (found: Omit<Reading, 'text'>, { scores, confidence, language }: Reading): void => {
  expect(found.language).toBe(language);
  expect(found.confidence).toBeCloseTo(confidence, 9);
  for (const emotion of EMOTIONS) expect(found.scores[emotion], emotion).toBeCloseTo(scores[emotion], 9);
};

it('the lists named for the browser are those of the folder', () => {
  expect(LEXICON_FILES).toEqual(
    readdirSync(packagePath('lexicons'))
      .filter((name) => name.endsWith('.tsv'))
      .sort(),
  );
});

const hasModel = existsSync(packagePath('models', 'lyrics-emotion.json.gz'));

describe.skipIf(!hasModel)('lyrics (needs models/lyrics-emotion.json.gz)', () => {
  let folder: string;
  let host: StaticHost;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'attune-lyrics-page-'));
    const root = packagePath('test', 'browser', 'page');
    await build({
      configFile: false,
      logLevel: 'error',
      root,
      base: './',
      build: {
        outDir: folder,
        target: 'es2022',
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        rollupOptions: { input: join(root, 'lyrics.html') },
      },
    });
    mkdirSync(join(folder, 'models'));
    cpSync(packagePath('models', 'lyrics-emotion.json.gz'), join(folder, 'models', 'lyrics-emotion.json.gz'));
    cpSync(packagePath('lexicons'), join(folder, 'lexicons'), { recursive: true });
    host = await openStaticHost({ folder });
    browser = await openBrowser();
    page = (await openPage(browser, new URL('lyrics.html', host.url).href)).page;
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const readInPage = (
    text: string,
    withChinese: boolean,
  ): Promise<Omit<Reading, 'text'> & { readonly code?: string }> =>
    page.evaluate(`readLyrics(${JSON.stringify(text)}, ${withChinese})`);

  it('reads in Node what was written down', async () => {
    const model = (await loadLyricModel())!;
    expect(model.version).toBe(version);
    const tools = { model, lexicon: await loadLexicons(), chinese: await loadChineseTools() };
    for (const reading of readings) expectSame(readLyricEmotions(reading.text, tools), reading);
  });

  it('reads in Chromium the same, English without Jieba, and asks for Jieba where lyrics are Chinese', async () => {
    for (const reading of readings) expectSame(await readInPage(reading.text, reading.language === 'zh'), reading);
    const chinese = readings.find(({ language }) => language === 'zh')!;
    expect((await readInPage(chinese.text, false)).code).toBe('lyrics/jieba');
  });
});
