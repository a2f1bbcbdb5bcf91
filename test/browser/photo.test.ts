/** A photo or a mood by hand in, bars and twenty songs out, in a real browser. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPath, lacksData, needsData } from '../data.ts';
import { createMedia, type Media, samplePhoto } from './media.ts';
import { hasTrainedModel, openBrowser, openPage, openStand, type Stand } from './stand.ts';

let sure: Stand;
let unsure: Stand;
let browser: Browser;
let media: Media;

beforeAll(async () => {
  [sure, unsure, browser] = await Promise.all([
    openStand({ threshold: 0 }),
    openStand({ threshold: 1 }),
    openBrowser(),
  ]);
  media = createMedia();
});

afterAll(async () => {
  media?.remove();
  await browser?.close();
  await Promise.all([sure?.close(), unsure?.close()]);
});

const choosePhoto = (page: Page, path: string): Promise<void> => page.getByLabel('Choose a photo').setInputFiles(path);
const songTitles = (page: Page): Promise<string[]> => page.locator('.songs li a bdi').allTextContents();
const waitForSongs = (page: Page): Promise<void> => page.locator('.songs li').nth(19).waitFor();

describe('a photo', () => {
  it('gives seven bars and twenty songs with reasons and links, and nothing leaves the origin', async () => {
    const { page, requests, errors } = await openPage(browser, sure.url);
    await choosePhoto(page, samplePhoto(6));
    await waitForSongs(page);

    const shares = await page.locator('.bar-share').allTextContents();
    expect(shares).toHaveLength(7);
    const total = shares.reduce((sum, share) => sum + Number.parseInt(share, 10), 0);
    expect(total).toBeGreaterThanOrEqual(96);
    expect(total).toBeLessThanOrEqual(104);
    expect(await page.locator('.songs li').count()).toBe(20);
    expect(new Set(await songTitles(page)).size).toBe(20);
    const links = await page.locator('.songs a').all();
    for (const link of links) {
      expect(await link.getAttribute('href')).toMatch(/^https:\/\/www\.youtube\.com\/results\?search_query=/);
      expect(await link.getAttribute('target')).toBe('_blank');
      expect(await link.getAttribute('rel')).toContain('noopener');
    }
    expect(await page.locator('.song-why .tag').count()).toBeGreaterThanOrEqual(20);

    const origin = new URL(sure.url).origin;
    for (const request of requests) expect(request).toMatch(new RegExp(`^GET (blob:)?${origin}/`));
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('with several faces takes the largest, and another by click or arrow key', async () => {
    const { page } = await openPage(browser, sure.url);
    await choosePhoto(page, samplePhoto(1));
    await waitForSongs(page);
    const faces = page.getByRole('radio', { name: /^Face \d of \d/ });
    expect(await faces.count()).toBeGreaterThan(1);
    expect(await faces.nth(0).isChecked()).toBe(true);
    const before = await page.locator('.bar-share').allTextContents();
    await faces.nth(1).click();
    expect(await faces.nth(1).isChecked()).toBe(true);
    expect(await page.locator('.bar-share').allTextContents()).not.toEqual(before);
    await page.keyboard.press('ArrowLeft');
    expect(await faces.nth(0).isChecked()).toBe(true);
    expect(await page.locator('.bar-share').allTextContents()).toEqual(before);
    await page.context().close();
  });

  it('that is dropped anywhere on the page is read too', async () => {
    const { page } = await openPage(browser, sure.url);
    await page.getByRole('link', { name: 'History', exact: true }).click();
    const bytes = readFileSync(samplePhoto(3)).toString('base64');
    await page.evaluate(`(() => {
      const bytes = Uint8Array.from(atob('${bytes}'), (char) => char.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], 'dropped.jpg', { type: 'image/jpeg' }));
      const send = (kind) => document.body.dispatchEvent(
        new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
      send('dragover');
      window.dropped = () => send('drop');
    })()`);
    await page.getByText('Let go to read it').waitFor();
    await page.evaluate('window.dropped()');
    await waitForSongs(page);
    expect(await page.getByText('Let go to read it').count()).toBe(0);
    await page.context().close();
  });

  it('that is pasted is read too', async () => {
    const { page } = await openPage(browser, sure.url);
    const bytes = readFileSync(samplePhoto(3)).toString('base64');
    await page.evaluate(`(async () => {
      const bytes = Uint8Array.from(atob('${bytes}'), (char) => char.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], 'pasted.jpg', { type: 'image/jpeg' }));
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
    })()`);
    await waitForSongs(page);
    await page.context().close();
  });

  it('without a sure answer names the two likeliest and lets the person decide', async () => {
    const { page } = await openPage(browser, unsure.url);
    await choosePhoto(page, samplePhoto(2));
    await page.getByRole('heading', { name: /^Not sure: \w+ or \w+\?$/ }).waitFor();
    expect(await page.locator('.songs li').count()).toBe(0);
    await page.getByRole('button', { name: 'Sad' }).click();
    await waitForSongs(page);
    await page.getByRole('heading', { name: 'Sad Picked by hand' }).waitFor();
    await page.context().close();
  });

  it('without a face, or that is no photo, gets a sentence and another way in', async () => {
    const { page, errors } = await openPage(browser, sure.url);
    await choosePhoto(page, await media.landscape());
    await page.getByRole('alert').getByText('There is no face in this picture').waitFor();
    await choosePhoto(page, media.file('letter.jpg', 'Dear all, this is a letter and no picture.'));
    await page.getByRole('alert').getByText('not a picture Attune knows').waitFor();
    await choosePhoto(page, media.file('letter.pdf', '%PDF-1.7'));
    await page.getByRole('alert').getByText('"letter.pdf" is no photo, video or recording').waitFor();
    await page.getByRole('button', { name: 'Happy' }).click();
    await waitForSongs(page);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

describe.skipIf(!hasTrainedModel || lacksData('face-photos'))(`the shipped model ${needsData('face-photos')}`, () => {
  it('reads the astronaut as happy and goes along with it', async () => {
    const shipped = await openStand();
    const { page } = await openPage(browser, shipped.url);
    await choosePhoto(page, dataPath('face-photos', 'astronaut.png'));
    await page.getByRole('heading', { name: /^Happy \d+ % likely$/ }).waitFor();
    await waitForSongs(page);
    await page.getByRole('heading', { name: 'In tune with happiness' }).waitFor();
    await page.context().close();
    await shipped.close();
  });
});

describe('a mood picked by hand', () => {
  it('gives a list without any model, that follows the goal and does not repeat itself', async () => {
    const broken = await openStand({ withoutModel: true });
    const { page } = await openPage(browser, broken.url);
    await page.getByText('Faces cannot be read just now').waitFor();
    await page.getByRole('button', { name: 'Angry' }).click();
    await waitForSongs(page);
    expect(await page.getByRole('radio', { name: 'Lift' }).isChecked()).toBe(true);
    const lifted = await songTitles(page);
    await page.getByRole('radio', { name: 'Match' }).check();
    await page.getByRole('heading', { name: 'In tune with anger' }).waitFor();
    expect(await songTitles(page)).not.toEqual(lifted);
    await page.getByRole('radio', { name: 'Lift' }).check();
    expect(await songTitles(page)).toEqual(lifted);
    await page.getByRole('button', { name: 'New list' }).click();
    const next = await songTitles(page);
    expect(next.filter((title) => lifted.includes(title))).toEqual([]);
    await page.context().close();
    await broken.close();
  });

  it('is saved in all four forms', async () => {
    const { page } = await openPage(browser, sure.url);
    await page.getByRole('button', { name: 'Sad' }).click();
    await waitForSongs(page);
    const first = (await songTitles(page))[0]!;
    for (const [format, start] of [
      ['m3u8', '#EXTM3U'],
      ['xspf', '<?xml'],
      ['jspf', '{'],
      ['csv', 'title,'],
    ] as const) {
      await page.getByText('Save as').click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: new RegExp(`^${format}`, 'i') }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(`attune-sad-lift.${format}`);
      const content = readFileSync(await download.path(), 'utf8');
      expect(content.replace('\ufeff', '').startsWith(start), content.slice(0, 40)).toBe(true);
      expect(content).toContain(first.replaceAll('&', '&amp;').replaceAll('"', ''));
    }
    await page.context().close();
  });
});

describe('the page', () => {
  it.each([360, 390, 768, 1280, 2560, 3840])('fits a window %i px wide, empty and full', async (width) => {
    const { page } = await openPage(browser, sure.url, { viewport: { width, height: width > 2560 ? 2160 : 800 } });
    const fits = (): Promise<boolean> => page.evaluate('document.documentElement.scrollWidth <= window.innerWidth');
    expect(await fits()).toBe(true);
    await page.getByRole('button', { name: 'Surprised' }).click();
    await waitForSongs(page);
    expect(await fits()).toBe(true);
    await page.context().close();
  });

  it('works by keyboard alone', async () => {
    const { page } = await openPage(browser, sure.url);
    await page.getByRole('button', { name: 'Use the camera' }).waitFor();
    const seen: string[] = [];
    for (let presses = 0; presses < 20 && !seen.at(-1)?.startsWith('Happy'); presses++) {
      await page.keyboard.press('Tab');
      seen.push(
        await page.evaluate(`(() => {
        const element = document.activeElement;
        return (element.closest('label') ?? element).textContent.trim();
      })()`),
      );
    }
    expect(seen).toEqual(
      expect.arrayContaining(['Use the camera', 'Choose a photo', 'Choose a video', 'Angry', 'Happy']),
    );
    await page.keyboard.press('Enter');
    await waitForSongs(page);
    await page.context().close();
  });
});
