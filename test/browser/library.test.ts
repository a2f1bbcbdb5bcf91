/** The page beside a server with a store: its library, and choices that every page on the machine sees. */
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../node/package-root.ts';
import { createMedia, type Media } from './media.ts';
import { openBrowser, openPage, openStand, type Stand } from './stand.ts';
import { openStaticHost } from './static-host.ts';

let stand: Stand;
let browser: Browser;
let media: Media;
let contexts: BrowserContext[] = [];

beforeAll(async () => {
  [stand, browser] = await Promise.all([openStand({ threshold: 0, withStore: true }), openBrowser()]);
  media = createMedia();
});
afterEach(async () => {
  for (const context of contexts) await context.close();
  contexts = [];
});
afterAll(async () => {
  media?.remove();
  await browser?.close();
  await stand?.close();
});

const open = async (path = ''): Promise<{ page: Page; errors: readonly string[]; requests: readonly string[] }> => {
  const opened = await openPage(browser, stand.url + path);
  contexts.push(opened.page.context());
  return opened;
};
const view = (page: Page, name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click();
const pick = async (page: Page, mood: string): Promise<void> => {
  await page.locator('.mood', { hasText: mood }).click();
  await page.locator('.songs li').first().waitFor();
};
const songTitles = (page: Page): Promise<string[]> => page.locator('.songs li a bdi').allTextContents();
const api = async <Answer>(path: string, options: RequestInit = {}): Promise<Answer> => {
  const answer = await fetch(new URL(`api/v1${path}`, stand.url), options);
  const body = await answer.text();
  if (!answer.ok) throw new Error(body);
  return (body === '' ? undefined : JSON.parse(body)) as Answer;
};
const eraseAll = (): Promise<void> =>
  api('/data', {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ confirm: 'erase everything' }),
  });
/** Looked at again, as when somebody comes back to the tab. */
const lookAgain = (page: Page): Promise<unknown> =>
  page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');

const MOODS = ['happy', 'sad', 'angry', 'neutral'] as const;
const TAGS = {
  happy: 'cheerful;pop',
  sad: 'melancholic;piano',
  angry: 'aggressive;metal',
  neutral: 'calm;folk',
} as const;
const csv = (count: number, name = 'Track'): string =>
  [
    'title,artist,year,language,emotion,tags',
    ...Array.from({ length: count }, (_, n) => {
      const mood = MOODS[n % 4]!;
      const number = String(n).padStart(5, '0');
      return `${name} ${number},Band ${n % 9},${1980 + (n % 40)},${n % 3 ? 'en' : 'de'},${mood},${TAGS[mood]}`;
    }),
  ].join('\n');
const add = async (page: Page, path: string): Promise<void> => {
  await page.getByLabel('Path or address').fill(path);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
};

describe('a page from a server that keeps nothing', () => {
  it('asks once, says nothing of a library, and has no error to show for it', async () => {
    const host = await openStaticHost({ folder: packagePath('dist', 'web') });
    const opened = await openPage(browser, host.url);
    contexts.push(opened.page.context());
    await pick(opened.page, 'Sad');
    await opened.page.goto(`${host.url}#library`);
    await opened.page.getByText('There is no library here').waitFor();
    expect(await opened.page.getByRole('link', { name: 'Library', exact: true }).count()).toBe(0);
    expect(opened.requests.filter((request) => request.includes('/api/'))).toHaveLength(1);
    expect(host.answers.filter(({ status }) => status >= 400)).toEqual([]);
    expect(opened.errors).toEqual([]);
    await host.close();
  });
});

describe('the library', () => {
  it('is filled from a path with its progress shown, and stands in seven libraries', async () => {
    const { page, errors } = await open('#library');
    await page.getByText('No songs yet.').waitFor();
    await add(page, media.file('songs.csv', csv(2000)));
    await page.locator('.job').getByText('2,000 new, 0 known before').waitFor({ timeout: 110_000 });
    await page.getByRole('button', { name: 'Happy 500' }).waitFor();
    // Emotions are looked for by itself: the tags of the songs are read.
    await page.locator('.job', { hasText: 'Finding emotions' }).getByText('done').waitFor({ timeout: 110_000 });
    await page.getByRole('button', { name: 'Happy 500' }).click();
    await page.getByRole('status').getByText('500 songs.').waitFor();
    await page.locator('.library-row', { hasText: 'Track 00000' }).waitFor();
    await page.getByRole('button', { name: 'All songs', exact: true }).click();
    await page.getByRole('status').getByText('2,000 songs.').waitFor();
    expect(errors).toEqual([]);
    // The first job of a store loads what reads songs.
  }, 240_000);

  it('is searched, filtered and sorted', async () => {
    const { page } = await open('#library');
    await page.locator('.library-row b').first().waitFor();
    const titles = (): Promise<string[]> => page.locator('.library-row b').allTextContents();
    await page.getByLabel('Sort by').selectOption('year');
    await expect.poll(async () => Number((await titles())[0]?.slice(-5)) % 40).toBe(39);
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('status').getByText('667 songs.').waitFor();
    await page.getByLabel('Tag').selectOption('melancholic');
    await page.getByRole('button', { name: 'Sad 166' }).waitFor();
    await page.getByLabel('Search').fill('track 0000');
    await page.getByRole('status').getByText('1 song.').waitFor();
    expect(await titles()).toEqual(['Track 00009']);
    await page.getByLabel('Search').fill('nothing like it');
    await page.getByText('No song fits.').waitFor();
    await page.getByRole('button', { name: 'Show all songs' }).click();
    await page.getByRole('status').getByText('2,000 songs.').waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe('');
  });

  it('is a list of which only the rows on view exist, moved through by keys', async () => {
    const { page } = await open('#library');
    await page.locator('.library-row b').first().waitFor();
    await page.locator('.library-row').first().focus();
    const focused = (): Promise<unknown> => page.evaluate('document.activeElement.querySelector("b")?.textContent');
    await page.keyboard.press('ArrowDown');
    await expect.poll(focused).toBe('Track 00001');
    await page.keyboard.press('End');
    await expect.poll(focused).toBe('Track 01999');
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowUp');
    await expect.poll(focused).toMatch(/^Track 019[89]\d$/);
    expect(await page.locator('.library-row').count()).toBeLessThan(50);
    const set = page.locator('.rows li').first();
    expect(await set.getAttribute('aria-setsize')).toBe('2000');
    await page.keyboard.press('Home');
    await expect.poll(focused).toBe('Track 00000');
    await page.evaluate(
      'document.querySelector(".rows").scrollTop = document.querySelector(".rows ul").clientHeight / 2',
    );
    await page.locator('.library-row', { hasText: 'Track 01000' }).waitFor();
  });

  it('tells why a song stands where it does, and believes who corrects it, in every page', async () => {
    const { page } = await open('#library');
    const other = await open('#library');
    await other.page.getByRole('button', { name: 'Surprised 0' }).waitFor();
    await page.getByLabel('Search').fill('Track 00004');
    const row = page.locator('.library-row', { hasText: 'Track 00004' });
    await row.click();
    const sheet = page.getByRole('dialog', { name: 'Track 00004' });
    await sheet.getByText('2 sources together: happiness').waitFor();
    await sheet.getByText('Where it came from').waitFor();
    await sheet.getByText('Its tags').waitFor();
    await sheet.getByRole('button', { name: 'Surprised' }).click();
    await sheet.getByText('You said surprise. That wins, whatever is found later.').waitFor();
    await other.page.getByRole('button', { name: 'Surprised 1' }).waitFor();
    await sheet.getByRole('button', { name: 'Songs that sound like this' }).click();
    await sheet.getByText('is not known').waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    // The browser gives the focus back to the row, which now says so.
    await expect.poll(() => row.textContent()).toContain('by you');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Track 00004');
    await row.click();
    await sheet.getByRole('button', { name: 'Take my correction back' }).click();
    await sheet.getByText('2 sources together: happiness').waitFor();
    await other.page.getByRole('button', { name: 'Surprised 0' }).waitFor();
  });

  it('finds songs that sound alike', async () => {
    const vector = (songId: string, angle: number): string =>
      JSON.stringify({ songId, model: 'test-1', vector: [Math.cos(angle), Math.sin(angle)] });
    const id = (n: number): string => `band-${n % 9}/track-${String(n).padStart(5, '0')}`;
    await api('/sound-vectors', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: [vector(id(1), 0), vector(id(2), 1), vector(id(3), 0.1)].join('\n'),
    });
    const { page } = await open('#library');
    await page.getByLabel('Search').fill('Track 00001');
    await page.locator('.library-row', { hasText: 'Track 00001' }).click();
    await page.getByRole('button', { name: 'Songs that sound like this' }).click();
    const found = page.locator('.similar .result');
    await found.first().waitFor();
    expect(await found.locator('b').allTextContents()).toEqual(['Track 00003', 'Track 00002']);
    await page.getByText('100 % alike').waitFor();
    await found.first().click();
    await page.getByRole('dialog', { name: 'Track 00003' }).waitFor();
  });

  it('is what lists are made of, if the listener wants that', async () => {
    const { page } = await open('#library');
    await page.getByRole('radio', { name: 'my library alone' }).check();
    await page.getByText('Lists can choose among 2,000 songs of the library.').waitFor();
    await view(page, 'Your songs');
    const happy = page.locator('.mood-songs', { has: page.getByRole('heading', { name: 'Happy' }) });
    for (let index = 0; index < 3; index++) {
      await happy.locator('.typical-song').nth(index).click();
      await page.locator('input[type=search]:focus').waitFor();
      await page.keyboard.type(`Track 0000${4 * index}`);
      await page.locator('.result').first().click();
      await page.getByRole('searchbox').waitFor({ state: 'detached' });
    }
    await view(page, 'Listen');
    await pick(page, 'Happy');
    await page.locator('.songs li').nth(19).waitFor();
    for (const title of await songTitles(page)) expect(title).toMatch(/^Track /);
    await page.reload();
    await pick(page, 'Happy');
    await expect.poll(async () => (await songTitles(page)).every((title) => title.startsWith('Track '))).toBe(true);
    await view(page, 'Library');
    await page.getByRole('radio', { name: 'the songs that ship' }).check();
    await view(page, 'Listen');
    await expect.poll(async () => (await songTitles(page)).some((title) => title.startsWith('Track '))).toBe(false);
  });

  it('says what could not be added, and goes on when that is mended', async () => {
    const { page } = await open('#library');
    const path = `${media.file('there.txt', '')}.csv`;
    await add(page, path);
    const job = page.locator('.job', { hasText: path });
    await job.getByText('There is no file or folder').waitFor();
    media.file('there.txt.csv', csv(5, 'Late'));
    await job.getByRole('button', { name: 'Go on' }).click();
    await job.getByText('5 new, 0 known before').waitFor();
    await job.getByRole('button', { name: 'Hide' }).click();
    await job.waitFor({ state: 'detached' });
  });

  it('stops adding when it is told to, and keeps what it has', async () => {
    const { page } = await open('#library');
    const path = media.file('many.csv', csv(150_000, 'Many'));
    await add(page, path);
    const job = page.locator('.job', { hasText: path });
    // It is seen at work before it is stopped.
    await job.getByText(/[1-9]\d*,\d+ so far/).waitFor();
    await job.getByRole('button', { name: 'Cancel' }).click();
    await job.getByText('cancelled').waitFor();
    const { total } = await api<{ total: number }>('/songs/counts?text=many');
    expect(total).toBeGreaterThan(0);
    expect(total).toBeLessThan(150_000);
    await job.getByRole('button', { name: 'Hide' }).click();
    await job.waitFor({ state: 'detached' });
    await eraseAll();
  });

  it('takes a table that is sent to it', async () => {
    const { page } = await open('#library');
    await page.getByLabel('Choose a table or playlist').setInputFiles(media.file('sent.csv', csv(7, 'Sent')));
    const job = page.locator('.job', { hasText: 'sent.csv' });
    await job.getByText('7 new, 0 known before').waitFor();
  });
});

describe('choices beside a server that keeps', () => {
  it('lie in its store, are seen by every page, and came along from this browser', async () => {
    await eraseAll();
    // Chosen while there was no server to keep it: in this browser.
    const first = await openPage(browser, 'about:blank');
    contexts.push(first.page.context());
    await first.page.context().route('**/api/v1/**', (route) => route.abort());
    await first.page.goto(stand.url);
    await pick(first.page, 'Angry');
    const [earlier] = await songTitles(first.page);
    await first.page.getByRole('button', { name: `Like ${earlier}` }).click();
    await first.page.context().unroute('**/api/v1/**');
    await first.page.reload();
    await view(first.page, 'Your songs');
    await first.page.locator('.entry', { hasText: earlier! }).waitFor();
    await expect
      .poll(async () => (await api<{ feedback: { kind: string }[] }>('/feedback')).feedback)
      .toMatchObject([{ kind: 'like' }]);

    const second = await open('#history');
    await second.page.getByRole('button', { name: 'Keep a history' }).click();
    await view(second.page, 'Listen');
    await pick(second.page, 'Sad');
    const [title] = await songTitles(second.page);
    await second.page.getByRole('button', { name: `Do not play ${title} again` }).click();
    await expect.poll(async () => (await api<{ feedback: [] }>('/feedback')).feedback.length).toBe(2);
    await second.page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(async () => (await api<{ feedback: [] }>('/feedback')).feedback.length).toBe(1);
    await view(second.page, 'Your songs');
    await second.page.locator('.entry', { hasText: earlier! }).waitFor();

    await lookAgain(first.page);
    await view(first.page, 'History');
    await first.page.locator('.entry', { hasText: 'Sad' }).waitFor();
    await first.page.getByRole('button', { name: /^Remove Sad/ }).click();
    await lookAgain(second.page);
    await view(second.page, 'History');
    await second.page.getByText('The next list will be the first entry.').waitFor();
    expect(await first.page.evaluate('indexedDB.databases().then((all) => all.length)')).toBe(1);
  });

  it('are told, exported and erased in the settings, with the library', async () => {
    await api('/songs', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: JSON.stringify({ id: 'a/b', title: 'B', artist: 'A', emotion: 'sad', evidence: [] }),
    });
    const { page } = await open('#settings');
    await page.getByText('It holds 1 song,').waitFor();
    await page.getByText('Where:').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export everything' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^attune-\d{4}-\d\d-\d\d\.ndjson$/);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n');
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds[0]).toBe('attune');
    expect(kinds).toContain('song');
    expect(kinds).toContain('feedback');
    expect(kinds.at(-1)).toBe('page');
    const saved = await download.path();
    await page.getByRole('button', { name: 'Erase everything' }).click();
    await page.getByText('Erase your library with all its songs').waitFor();
    await page.getByRole('button', { name: 'Yes, erase everything' }).click();
    await page.getByText('Everything is erased.').waitFor();
    expect(await api('/data')).toMatchObject({ songs: 0, readings: 0, feedback: 0 });
    expect(await api('/settings')).toEqual({});
    await page.getByLabel('Restore from an export').setInputFiles(saved);
    await page.getByText('The export is back.').waitFor();
    expect(await api('/data')).toMatchObject({
      songs: 1,
      feedback: lines.filter((line) => line.includes('"feedback"')).length,
    });
  });

  it('hold in the tab, and say so, where the server went away', async () => {
    const { page } = await open();
    await pick(page, 'Happy');
    await page.context().route('**/api/v1/**', (route) => route.abort());
    const [title] = await songTitles(page);
    await page.getByRole('button', { name: `Like ${title}` }).click();
    await view(page, 'Settings');
    await page.getByText('The newest changes hold until the tab is closed').waitFor();
    await view(page, 'Listen');
    expect(await page.getByRole('button', { name: `Like ${title}` }).getAttribute('aria-pressed')).toBe('true');
    await view(page, 'Library');
    await page.getByRole('alert').getByText('does not answer').waitFor();
  });
});
