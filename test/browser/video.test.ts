/** A video file in, one averaged reading and twenty songs out. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMedia, hasFfmpeg, type Media } from './media.ts';
import { openBrowser, openPage, openStand, type Stand } from './stand.ts';

describe.skipIf(!hasFfmpeg)('a video (needs ffmpeg to make one)', () => {
  let stand: Stand;
  let browser: Browser;
  let media: Media;

  beforeAll(async () => {
    [stand, browser] = await Promise.all([openStand({ threshold: 0 }), openBrowser()]);
    media = createMedia();
  });

  afterAll(async () => {
    media?.remove();
    await browser?.close();
    await stand?.close();
  });

  it('is averaged over its frames and answered with twenty songs', async () => {
    const { page, requests, errors } = await openPage(browser, stand.url);
    await page.getByLabel('Choose a video').setInputFiles(await media.video());
    await page.getByText(/^Averaged over \d+ of 1[0-2] pictures with a face\.$/).waitFor();
    await page.locator('.songs li').nth(19).waitFor();
    expect(await page.locator('.bar').count()).toBe(7);
    const origin = new URL(stand.url).origin;
    for (const request of requests) expect(request).toMatch(new RegExp(`^GET (blob:)?${origin}/`));
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('of two hours costs no more than a short one', async () => {
    const { page, errors } = await openPage(browser, stand.url);
    await page.getByLabel('Choose a video').setInputFiles(await media.longVideo());
    await page.getByText(/^Averaged over \d+ of 40 pictures with a face\.$/).waitFor();
    await page.locator('.songs li').nth(19).waitFor();
    await page
      .locator('.timeline')
      .getByText(/^1:5\d:\d\d$/)
      .waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('can be cancelled', async () => {
    const { page, errors } = await openPage(browser, stand.url);
    await page.getByLabel('Choose a video').setInputFiles(await media.video());
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'Your face sets the tone' }).waitFor();
    await page.waitForTimeout(500);
    expect(await page.locator('.reading').count()).toBe(0);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  /** So early that not one picture is whole. */
  const cutShort = async (): Promise<string> => {
    const whole = readFileSync(await media.video());
    return media.file('half.webm', whole.subarray(0, whole.length / 2));
  };

  it.each([
    ['of zero length', 'empty.webm', () => media.file('empty.webm', ''), 'This video is empty'],
    ['that is text', 'letter.mp4', () => media.file('letter.mp4', 'a letter'), 'This browser cannot play this file'],
    ['cut short', 'half.webm', cutShort, 'This browser cannot play this file'],
    ['of sound alone', 'sound.webm', () => media.sound(), 'This file has sound but no picture'],
    ['without a face', 'dark.webm', () => media.dark(), 'No picture of this video shows a face'],
  ])('%s gets a sentence', async (_kind, _name, make, sentence) => {
    const { page } = await openPage(browser, stand.url);
    await page.getByLabel('Choose a video').setInputFiles(await make());
    await page.getByRole('alert').getByText(sentence).waitFor();
    await page.context().close();
  });
});
