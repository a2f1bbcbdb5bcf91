/** Typical songs, opinions, files and catalogues of the listener's own, history, settings; kept, exported, erased. */
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeWav } from '../audio/make-wav.ts';
import { createMedia, type Media } from './media.ts';
import { openBrowser, openPage, openStand, type Stand } from './stand.ts';

let stand: Stand;
let browser: Browser;
let media: Media;
let context: BrowserContext | undefined;

beforeAll(async () => {
  [stand, browser] = await Promise.all([openStand({ threshold: 0 }), openBrowser()]);
  media = createMedia();
});
afterEach(async () => {
  await context?.close();
  context = undefined;
});
afterAll(async () => {
  media?.remove();
  await browser?.close();
  await stand?.close();
});

const open = async (options = {}): Promise<{ page: Page; errors: readonly string[] }> => {
  const opened = await openPage(browser, stand.url, options);
  context = opened.page.context();
  return opened;
};
const view = (page: Page, name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click();
const pick = async (page: Page, mood: string): Promise<void> => {
  await page.locator('.mood', { hasText: mood }).click();
  await page.locator('.songs li').first().waitFor();
};
const songTitles = (page: Page): Promise<string[]> => page.locator('.songs li a bdi').allTextContents();

describe('typical songs', () => {
  it('are replaced by search with the keyboard, change the list, are kept and taken back', async () => {
    const { page, errors } = await open();
    await pick(page, 'Sad');
    await page.getByRole('radio', { name: 'Match' }).check();
    const before = await songTitles(page);
    await view(page, 'Your songs');
    const sad = page.locator('.mood-songs', { has: page.getByRole('heading', { name: 'Sad' }) });
    for (const [index, title] of ['Hurt', 'Nothing Compares 2 U', 'Tears in Heaven'].entries()) {
      await sad.locator('.typical-song').nth(index).click();
      // What is typed before the box has the focus goes nowhere.
      await page.locator('input[type=search]:focus').waitFor();
      await page.keyboard.type(title.split(' ').slice(0, 2).join(' '));
      await page.locator('.result').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('searchbox').waitFor({ state: 'detached' });
    }
    await sad.getByText('Yours', { exact: true }).waitFor();
    const chosen = await sad.locator('.typical-song b').allTextContents();
    await view(page, 'Listen');
    await expect.poll(() => songTitles(page)).not.toEqual(before);
    for (const title of chosen) expect(await songTitles(page)).not.toContain(title);
    await page.reload();
    await view(page, 'Your songs');
    await sad.getByText('Yours', { exact: true }).waitFor();
    expect(await sad.locator('.typical-song b').allTextContents()).toEqual(chosen);
    await sad.getByRole('button', { name: 'Back to the catalogue’s songs' }).click();
    await sad.getByText('From the catalogue').waitFor();
    expect(errors).toEqual([]);
  });

  it('are chosen from nothing where a catalogue marks none', async () => {
    const { page } = await open();
    await view(page, 'Your songs');
    const rows = Array.from({ length: 30 }, (_, n) => `Own ${n},Band ${n},2024,en,sad,melancholic;piano,`);
    const own = ['title,artist,year,language,emotion,tags,typical', ...rows].join('\n');
    await page.getByLabel('Choose a CSV file').setInputFiles(media.file('sad.csv', own));
    await page.getByLabel('Play my songs only').check();
    const sad = page.locator('.mood-songs', { has: page.getByRole('heading', { name: 'Sad' }) });
    await sad.getByText('–').first().waitFor();
    for (const index of [0, 1, 2]) {
      await sad.locator('.typical-song').nth(index).click();
      await page.getByRole('searchbox').fill(`Own ${index + 3}`);
      await page
        .locator('.result', { hasText: `Own ${index + 3}` })
        .first()
        .click();
      await sad.locator('.typical-song b').nth(index).waitFor();
    }
    await sad.getByText('Yours', { exact: true }).waitFor();
    await view(page, 'Listen');
    await pick(page, 'Sad');
    for (const title of await songTitles(page)) expect(title).toMatch(/^Own/);
  });

  it('that nobody wrote are said to be missing', async () => {
    const { page } = await open();
    await view(page, 'Your songs');
    await page.locator('.typical-song').first().click();
    await page.getByRole('searchbox').fill('qqqq no such song');
    await page.getByText('No song is called that.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox').waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate('document.activeElement.className')).toBe('typical-song');
  });
});

describe('a song', () => {
  it('is liked, sent away and taken back, and sent away for good', async () => {
    const { page } = await open();
    await pick(page, 'Angry');
    const before = await songTitles(page);
    const [first, second] = before;
    await page.getByRole('button', { name: `Do not play ${second} again` }).click();
    await page.getByText(`${second} will not come again.`).waitFor();
    expect(await songTitles(page)).not.toContain(second);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await songTitles(page)).toEqual(before);
    await page.getByRole('button', { name: `Like ${first}` }).click();
    expect(await page.getByRole('button', { name: `Like ${first}` }).getAttribute('aria-pressed')).toBe('true');
    // The list on view stays; the next one leans towards what is liked.
    expect(await songTitles(page)).toEqual(before);
    await page.getByRole('button', { name: `${second} does not fit this mood` }).click();
    await page.getByText(`${second} will not come for this mood again.`).waitFor();
    await page.reload();
    await pick(page, 'Angry');
    expect(await songTitles(page)).not.toContain(second);
    await view(page, 'Your songs');
    await page.getByText('Not for anger').waitFor();
    await page.getByRole('button', { name: `Forget what you said about ${second}` }).click();
    await page.getByRole('button', { name: `Forget what you said about ${first}` }).click();
    await view(page, 'Listen');
    await page.getByRole('button', { name: 'Start over' }).click();
    await page.reload();
    await pick(page, 'Angry');
    expect(await songTitles(page)).toEqual(before);
  });

  it('plays from a file of this device', async () => {
    const { page, errors } = await open();
    await pick(page, 'Happy');
    const row = page.locator('.song').first();
    const title = (await songTitles(page))[0]!;
    const artist = (await row.locator('.song-facts').textContent())!.split(' · ')[0];
    await view(page, 'Your songs');
    const tone = makeWav([new Float32Array(20 * 8000)], { sampleRate: 8000 });
    const name = `${artist} - ${title.replaceAll('/', ' ')}.wav`;
    await page
      .getByLabel('Choose music files')
      .setInputFiles([{ name, mimeType: 'audio/wav', buffer: Buffer.from(tone) }]);
    await page.getByText('1 file, of which 1 in the catalogue.').waitFor();
    await view(page, 'Listen');
    await page.getByRole('button', { name: `Play ${title} from your files` }).click();
    await expect.poll(() => page.evaluate('document.querySelector("audio").currentTime')).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Close the player' }).click();
    expect(await page.locator('audio').count()).toBe(0);
    expect(errors).toEqual([]);
  });
});

describe('a catalogue of the listener', () => {
  const row = (n: number): string => `My song ${n},My band ${n % 7},2024,en,happy,cheerful;pop;fast,`;
  const csv = ['title,artist,year,language,emotion,tags,typical', ...Array.from({ length: 60 }, (_, n) => row(n))];

  it('is added, played alone, kept and removed', async () => {
    const { page } = await open();
    await view(page, 'Your songs');
    await page.getByLabel('Choose a CSV file').setInputFiles(media.file('mine.csv', csv.join('\n')));
    await page.getByText('mine.csv: 60 songs.').waitFor();
    await page.getByLabel('Play my songs only').check();
    await view(page, 'Listen');
    await pick(page, 'Happy');
    for (const title of await songTitles(page)) expect(title).toMatch(/^My song/);
    await view(page, 'Your songs');
    const happy = page.locator('.mood-songs', { has: page.getByRole('heading', { name: 'Happy' }) });
    await expect.poll(() => happy.locator('.typical-song').count()).toBe(3);
    await page.getByLabel('Play my songs only').uncheck();
    await view(page, 'Listen');
    await page.locator('.songs li').nth(19).waitFor();
    await page.reload();
    await view(page, 'Your songs');
    await page.getByText('mine.csv: 60 songs.').waitFor();
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByText('mine.csv').waitFor({ state: 'detached' });
  });

  it('with typical songs of its own needs nothing else', async () => {
    const typical = csv.map((line, index) => (index >= 1 && index <= 3 ? `${line}1` : line));
    const { page } = await open();
    await view(page, 'Your songs');
    await page.getByLabel('Choose a CSV file').setInputFiles(media.file('mine.csv', typical.join('\n')));
    await page.getByLabel('Play my songs only').check();
    await view(page, 'Listen');
    await pick(page, 'Happy');
    for (const title of await songTitles(page)) expect(title).toMatch(/^My song/);
  });

  it('that cannot be used gives way to the one before', async () => {
    const { page } = await open();
    await view(page, 'Your songs');
    await page.getByLabel('Choose a CSV file').setInputFiles(media.file('mine.csv', csv.join('\n')));
    await page.getByText('mine.csv: 60 songs.').waitFor();
    await page.getByLabel('Choose a CSV file').setInputFiles(media.file('bad.csv', 'a,b\n1,2\n'));
    await page.getByRole('alert').getByText('The first row has no column').waitFor();
    await page.getByText('mine.csv: 60 songs.').waitFor();
    await page.reload();
    await view(page, 'Your songs');
    await page.getByText('mine.csv: 60 songs.').waitFor();
  });

  it('with bad rows is refused with their numbers, and nothing is kept of it', async () => {
    const { page } = await open();
    await view(page, 'Your songs');
    const bad = [csv[0], row(1), 'Only a title', row(2).replace('happy', 'glad')];
    await page.getByLabel('Choose a CSV file').setInputFiles(media.file('bad.csv', bad.join('\n')));
    await page.getByRole('alert').getByText('row 3').waitFor();
    await page.getByRole('alert').getByText('"glad" is no emotion').waitFor();
    await page.reload();
    await page.locator('.typical-song').first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

describe('the history', () => {
  it('is empty until it is turned on, then grows by lists, is kept, and shrinks on demand', async () => {
    const { page } = await open();
    await pick(page, 'Sad');
    await view(page, 'History');
    await page.getByText('No history is kept.').waitFor();
    await page.getByRole('button', { name: 'Keep a history' }).click();
    await page.getByText('The next list will be the first entry.').waitFor();
    for (const mood of ['Happy', 'Sad']) {
      await view(page, 'Listen');
      await pick(page, mood);
      await page.getByRole('radio', { name: 'Calm' }).check();
    }
    await page.reload();
    await view(page, 'History');
    await page.locator('.entry').nth(1).waitFor();
    expect(await page.locator('.entry b').allTextContents()).toEqual(['Sad', 'Happy']);
    await page.getByRole('button', { name: /^Remove Sad/ }).click();
    await expect.poll(() => page.locator('.entry').count()).toBe(1);
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.getByText('The next list will be the first entry.').waitFor();
  });
});

describe('settings', () => {
  it('change language and look at once, and hold from the first moment of the next visit', async () => {
    const { page } = await open();
    await view(page, 'Settings');
    await page.getByRole('radio', { name: '中文' }).check();
    await page.getByRole('heading', { name: '设置' }).waitFor();
    await page.getByRole('radio', { name: '深色' }).check();
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
    await page.reload();
    await page.getByRole('heading', { name: '设置' }).waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-Hans');
    await page.getByRole('radio', { name: 'English' }).check();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
  });

  it('follow the language of the browser', async () => {
    const { page } = await open({ locale: 'zh-TW' });
    await page.getByRole('heading', { name: '你的表情，定下基调' }).waitFor();
  });

  it('export everything as JSON, and erase everything, also in another tab', async () => {
    const { page } = await open();
    await view(page, 'History');
    await page.getByRole('button', { name: 'Keep a history' }).click();
    await view(page, 'Listen');
    await pick(page, 'Happy');
    const [title] = await songTitles(page);
    await page.getByRole('button', { name: `Like ${title}` }).click();
    await view(page, 'Your songs');
    const csv = 'title,artist,emotion,tags\nA,B,sad,piano\n';
    await page.getByLabel('Choose a CSV file').setInputFiles(media.file('mine.csv', csv));
    await page.getByText('mine.csv: 1 song.').waitFor();

    const other = await page.context().newPage();
    await other.goto(`${stand.url}#history`);
    await other.locator('.entry').waitFor();

    await view(page, 'Settings');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export everything' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^attune-\d{4}-\d\d-\d\d\.json$/);
    const everything = JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(everything).toMatchObject({
      attune: 1,
      settings: { keepsHistory: true },
      history: [{ source: 'hand', emotion: 'happy', goal: 'match' }],
      catalogue: { name: 'mine.csv', csv },
    });
    expect(Object.values(everything.listener.songs)).toMatchObject([{ liked: true }]);
    const saved = await download.path();

    await page.getByRole('button', { name: 'Erase everything' }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByRole('button', { name: 'Erase everything' }).click();
    await page.getByRole('button', { name: 'Yes, erase everything' }).click();
    await page.getByText('Everything is erased.').waitFor();
    await other.locator('.entry').waitFor({ state: 'detached' });
    await page.reload();
    await view(page, 'History');
    await page.getByText('No history is kept.').waitFor();
    expect(await page.evaluate('localStorage.length')).toBe(0);
    expect(
      await page.evaluate(`new Promise((resolve) => {
        const request = indexedDB.open('attune');
        request.onsuccess = () => {
          const stores = [...request.result.objectStoreNames];
          const counts = stores.map((name) => request.result.transaction(name).objectStore(name).count());
          const wait = () => counts.every((c) => c.readyState === 'done')
            ? resolve(counts.map((c) => c.result)) : setTimeout(wait, 10);
          wait();
        };
      })`),
    ).toEqual([0, 0]);

    await view(page, 'Settings');
    await page.getByLabel('Restore from an export').setInputFiles(media.file('other.json', '{"no":"export"}'));
    await page.getByRole('alert').getByText('This is no export of Attune').waitFor();
    await page.getByLabel('Restore from an export').setInputFiles(saved);
    await page.getByText('The export is back.').waitFor();
    await view(page, 'History');
    await page.locator('.entry', { hasText: 'Happy' }).waitFor();
    await view(page, 'Your songs');
    await page.getByText('mine.csv: 1 song.').waitFor();
    await page.locator('.opinions .entry', { hasText: title! }).waitFor();
  });
});

describe('two tabs', () => {
  it('tell each other what was chosen, also after one of them slept', async () => {
    const { page } = await open();
    const other = await page.context().newPage();
    await other.goto(`${stand.url}#songs`);
    await pick(page, 'Happy');
    const [first, second] = await songTitles(page);
    await page.getByRole('button', { name: `Like ${first}` }).click();
    await other.locator('.entry', { hasText: first! }).waitFor();
    // As a browser puts a tab to sleep that nobody looked at for long.
    const session = await page.context().newCDPSession(other);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await page.getByRole('button', { name: `Do not play ${second} again` }).click();
    await page.getByText(`${second} will not come again.`).waitFor();
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await other.locator('.entry', { hasText: second! }).waitFor();
    await other.getByRole('button', { name: `Forget what you said about ${first}` }).click();
    await expect
      .poll(() => page.getByRole('button', { name: `Like ${first}` }).getAttribute('aria-pressed'))
      .toBe('false');
    // What the other tab said in the meantime is still there.
    await page.reload();
    await view(page, 'Your songs');
    await page.locator('.entry', { hasText: second! }).waitFor();
    expect(await page.locator('.opinions .entry').count()).toBe(1);
  });
});

describe('a browser that keeps nothing', () => {
  it('is told so, and everything works until the tab is closed', async () => {
    const { page } = await open();
    await page.addInitScript(`
      Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });
      indexedDB.open = () => { throw new DOMException('no', 'SecurityError'); };
    `);
    await page.reload();
    await view(page, 'Settings');
    await page.getByText('This browser keeps nothing for this page').waitFor();
    await page.getByRole('radio', { name: 'Dark' }).check();
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
    await view(page, 'History');
    await page.getByRole('button', { name: 'Keep a history' }).click();
    await view(page, 'Listen');
    await pick(page, 'Sad');
    await view(page, 'History');
    await page.locator('.entry').waitFor();
  });

  it('because it has no room left is told so, and the choice holds in the tab', async () => {
    const { page } = await open();
    await page.evaluate(`(() => {
      const full = () => { throw new DOMException('no room', 'QuotaExceededError'); };
      IDBObjectStore.prototype.put = full;
      IDBObjectStore.prototype.add = full;
    })()`);
    await pick(page, 'Sad');
    const [title] = await songTitles(page);
    await page.getByRole('button', { name: `Like ${title}` }).click();
    await page.getByText('no room left for this page').waitFor();
    await view(page, 'Settings');
    await page.getByText('no room left for this page').waitFor();
    await view(page, 'Listen');
    expect(await page.getByRole('button', { name: `Like ${title}` }).getAttribute('aria-pressed')).toBe('true');
  });

  it('says so where it does not erase, and erases nothing then', async () => {
    const { page } = await open();
    await pick(page, 'Sad');
    const [title] = await songTitles(page);
    await page.getByRole('button', { name: `Like ${title}` }).click();
    await page.evaluate(`IDBObjectStore.prototype.clear = () => { throw new DOMException('no', 'UnknownError'); }`);
    await view(page, 'Settings');
    await page.getByRole('button', { name: 'Erase everything' }).click();
    await page.getByRole('button', { name: 'Yes, erase everything' }).click();
    await page.getByRole('alert').getByText('The browser did not erase what it keeps').waitFor();
    expect(await page.getByText('Everything is erased.').count()).toBe(0);
    await page.reload();
    await view(page, 'Your songs');
    await page.locator('.opinions .entry', { hasText: title! }).waitFor();
  });

  it('because a newer page wrote the data leaves it alone', async () => {
    const { page } = await open();
    // The page's own version is closed by the newer one, as by another tab that was updated.
    await page.evaluate(`new Promise((resolve) => {
      const request = indexedDB.open('attune', 99);
      request.onsuccess = () => { request.result.close(); resolve(); };
    })`);
    await page.reload();
    await view(page, 'Settings');
    await page.getByText('Your data was written by a newer Attune').waitFor();
  });
});
