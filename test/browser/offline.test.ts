/** The page as a static site in a folder of its own, on a second visit without a network, and with models that broke off. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../node/package-root.ts';
import { samplePhoto } from './media.ts';
import { openBrowser, openPage } from './stand.ts';
import { openStaticHost, type StaticHost } from './static-host.ts';

const folder = packagePath('dist', 'web');
let browser: Browser;
let context: BrowserContext | undefined;
let host: StaticHost | undefined;

beforeAll(async () => {
  browser = await openBrowser();
});
afterEach(async () => {
  await context?.close();
  await host?.close();
  context = host = undefined;
});
afterAll(() => browser?.close());

const open = async (url: string): Promise<{ page: Page; requests: readonly string[] }> => {
  const opened = await openPage(browser, url);
  context = opened.page.context();
  return opened;
};
/** Waits until the page says that it needs no network any more. */
const untilReady = async (page: Page): Promise<void> => {
  await page.goto(`${page.url().replace(/#.*/, '')}#settings`);
  await page.getByText('it opens without a network').waitFor();
  await page.goto(`${page.url().replace(/#.*/, '')}#home`);
};
const readPhoto = async (page: Page): Promise<void> => {
  await page.getByLabel('Choose a photo').setInputFiles(samplePhoto(3));
  await page.locator('.reading .bar').nth(6).waitFor();
};

describe('a static host, under a folder', () => {
  it('serves a page that reads and lists, and asks for nothing outside the folder', async () => {
    host = await openStaticHost({ folder, prefix: '/attune/' });
    const { page, requests } = await open(host.url);
    await readPhoto(page);
    for (const request of requests) expect(request).toMatch(new RegExp(`^GET (blob:)?${new URL(host.url).origin}/`));
    expect(requests.filter((request) => !request.includes('/attune/') && !request.includes('blob:'))).toEqual([]);
    expect(host.answers.filter(({ status }) => status >= 400)).toEqual([]);
  });

  it('transfers each large file once on a first visit, under 8 MB in all, and can be installed', async () => {
    host = await openStaticHost({ folder });
    const { page } = await open(host.url);
    await readPhoto(page);
    await untilReady(page);
    const large = host.answers.filter(({ bytes }) => bytes > 200_000).map(({ file }) => file);
    expect(large.sort()).toEqual([...new Set(large)]);
    const total = host.answers.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(total).toBeLessThan(8_000_000);
    const session = await page.context().newCDPSession(page);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    // A context of a test is a private window; nothing else stands in the way of installing.
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
  });
});

describe('a second visit without a network', () => {
  it('opens, reads a photo, makes a list and says that the network is gone', async () => {
    host = await openStaticHost({ folder, prefix: '/attune/' });
    const { url } = host;
    const { page } = await open(url);
    await untilReady(page);
    await host.close();
    await page.context().setOffline(true);
    await page.goto('about:blank');
    await page.goto(url);
    await page.getByText('No network. Everything works but the song links.').waitFor();
    await readPhoto(page);
    await page.reload();
    await page.getByRole('button', { name: 'Sad' }).click();
    await page.locator('.songs li').nth(19).waitFor();
    host = undefined;
  });
});

describe('models that break off', () => {
  it('are said, not kept, and fetched again', async () => {
    host = await openStaticHost({ folder });
    const opened = await openPage(browser, 'about:blank');
    context = opened.page.context();
    const { page } = opened;
    const model = readFileSync(join(folder, 'models', 'expression.onnx'));
    let isBroken = true;
    // Half of the file arrives whole by HTTP's rules: what a proxy or a full disk at the host makes of it.
    await context.route('**/models/expression.onnx', (route) =>
      isBroken ? route.fulfill({ status: 200, body: model.subarray(0, model.length / 2) }) : route.continue(),
    );
    await page.goto(host.url);
    await page.getByText('Faces cannot be read just now').waitFor();
    isBroken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Faces cannot be read just now').waitFor({ state: 'detached' });
    await readPhoto(page);
  });

  it('because the connection breaks are said, and a mood by hand works meanwhile', async () => {
    host = await openStaticHost({ folder });
    const opened = await openPage(browser, 'about:blank');
    context = opened.page.context();
    const { page } = opened;
    await context.route('**/models/**', (route) => route.abort('connectionreset'));
    await page.goto(host.url);
    await page.getByText('Faces cannot be read just now').waitFor();
    await page.getByRole('button', { name: 'Happy' }).click();
    await page.locator('.songs li').nth(19).waitFor();
  });
});

describe('a page that cannot be kept', () => {
  it('because a file of it does not arrive says so, and works', async () => {
    host = await openStaticHost({ folder, instead: { 'icon.svg': undefined } });
    const { page } = await open(host.url);
    await page.goto(`${page.url()}#settings`);
    await page.getByText('could not be kept for use without a network').waitFor();
    await page.goto(`${page.url().replace(/#.*/, '')}#home`);
    await page.getByRole('button', { name: 'Happy' }).click();
    await page.locator('.songs li').nth(19).waitFor();
  });
});
