/** Files of the listener's own: the curve of mood under the player, stopping it, keeping it, and files that sound alike. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../node/package-root.ts';
import { makeWav } from '../audio/make-wav.ts';
import { createMedia, type Media } from './media.ts';
import { openBrowser, openPage } from './stand.ts';
import { openStaticHost, type StaticHost } from './static-host.ts';

const hasModel = ['song-sound.onnx', 'song-mood.onnx'].every((name) => existsSync(packagePath('models', name)));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A beat under a chord; a higher chord and a quicker beat sound livelier. */
const music = (seconds: number, hertz: number, beatsASecond: number): Uint8Array => {
  const samples = new Float32Array(16_000 * seconds);
  for (let i = 0; i < samples.length; i++) {
    const time = i / 16_000;
    const sinceBeat = (time * beatsASecond) % 1;
    const chord = [1, 1.26, 1.5].reduce((sum, ratio) => sum + Math.sin(2 * Math.PI * hertz * ratio * time), 0);
    samples[i] = 0.08 * chord + 0.3 * Math.exp(-12 * sinceBeat) * Math.sin(2 * Math.PI * 90 * sinceBeat);
  }
  return makeWav([samples]);
};

describe.skipIf(!hasModel)('a file that plays (needs models/song-sound.onnx and song-mood.onnx)', () => {
  let host: StaticHost;
  let media: Media;
  let browser: Browser;

  beforeAll(async () => {
    host = await openStaticHost({ folder: packagePath('dist', 'web') });
    media = createMedia();
    browser = await openBrowser();
  });
  afterAll(async () => {
    media?.remove();
    await browser?.close();
    await host?.close();
  });

  /** Chooses files, then plays the one of the song that has one. */
  const play = async (page: Page, files: readonly string[]): Promise<void> => {
    await page.getByRole('link', { name: /^(Your songs|我的歌)$/ }).click();
    await page
      .locator('section[aria-labelledby=files-title] input')
      .first()
      .setInputFiles([...files]);
    await page
      .getByRole('link', { name: /^(Listen|聆听)$/ })
      .first()
      .click();
    await page.locator('.songs li .play').first().click();
  };
  /** A file that bears the name of a list's first song. @returns its path */
  const nameFirst = async (page: Page, sound: Uint8Array): Promise<string> => {
    await page.locator('.mood').nth(3).click();
    const title = (await page.locator('.songs li a bdi').first().textContent())!;
    return media.file(`${title.replaceAll('/', ' ')}.wav`, sound);
  };
  const playFirst = async (page: Page, sound: Uint8Array, others: readonly string[] = []): Promise<void> =>
    play(page, [await nameFirst(page, sound), ...others]);

  it('shows the curve of its mood, tells it in words, and finds files that sound alike', async () => {
    const { page, requests, errors } = await openPage(browser, host.url);
    await playFirst(page, music(45, 220, 2), [
      media.file('Quick.wav', music(20, 440, 4)),
      media.file('Slow.wav', music(20, 110, 1)),
      media.file('Broken.wav', 'This is no sound.'),
    ]);
    const curve = page.getByRole('img', { name: /^How pleasant the song sounds.* from 0:00 to 0:45/ });
    await curve.waitFor();
    expect(await curve.locator('path[d^=M]').count()).toBeGreaterThanOrEqual(3);
    await page.getByRole('button', { name: 'Which of my files sound like this?' }).click();
    await page.getByText('Of your files, these sound most like it:').waitFor();
    const alike = page.locator('.alike li');
    expect((await alike.allTextContents()).sort()).toEqual(['Quick', 'Slow']);
    await alike.getByText('Quick').click();
    await page.locator('.player-song').getByText('Quick').waitFor();
    // It was heard already.
    await page.getByRole('img', { name: /0:20/ }).waitFor();
    for (const request of requests) expect(request).toMatch(/^GET (blob:)?http:\/\/127/);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('is heard once: the next visit has its curve without the models', async () => {
    const { page, requests } = await openPage(browser, host.url);
    const file = await nameFirst(page, music(20, 330, 2));
    await play(page, [file]);
    await page.getByRole('img', { name: /0:20/ }).waitFor();
    expect(requests.some((request) => request.includes('song-mood'))).toBe(true);
    await page.reload();
    const before = requests.length;
    await page.locator('.mood').nth(3).click();
    await play(page, [file]);
    await page.getByRole('img', { name: /0:20/ }).waitFor();
    expect(requests.slice(before).filter((request) => request.includes('song-'))).toEqual([]);
    await page.context().close();
  });

  it('can be stopped while it is heard, and heard after all', async () => {
    const { page, errors } = await openPage(browser, host.url);
    // The models never arrive, until they may.
    let release = (): void => {};
    const mayGo = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.context().route('**/song-mood.onnx', async (route) => {
      await mayGo;
      await route.continue().catch(() => undefined);
    });
    await playFirst(page, music(20, 220, 2));
    await page.getByRole('progressbar', { name: 'Hearing the song' }).waitFor();
    await page.locator('.player-curve').getByRole('button', { name: 'Stop' }).click();
    await page.getByText('The song was not heard to its end.').waitFor();
    release();
    await page.getByRole('button', { name: 'Hear it again' }).click();
    await page.getByRole('img', { name: /0:20/ }).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('that is silent says so, and plays on', async () => {
    const { page } = await openPage(browser, host.url);
    await playFirst(page, makeWav([new Float32Array(16_000 * 5)]));
    await page
      .locator('.player-curve')
      .getByText(/silent/)
      .waitFor();
    await page.locator('.player audio').waitFor();
    await page.context().close();
  });

  it.each(['en-GB', 'zh-CN'])('breaks none of axe’s rules in %s', async (locale) => {
    const { page } = await openPage(browser, host.url, {
      bypassCSP: true,
      locale,
      reducedMotion: 'reduce',
      serviceWorkers: 'block',
    });
    await playFirst(page, music(45, 220, 2), [media.file('Other.wav', music(20, 440, 4))]);
    await page.locator('.song-curve').waitFor();
    await page.locator('.player-curve button').click();
    await page.locator('.alike li').waitFor();
    await page.evaluate(axe);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = (await page.evaluate('axe.run(document)')) as {
        violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
      };
      expect(violations.map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
    }
    await page.context().close();
  });
});
