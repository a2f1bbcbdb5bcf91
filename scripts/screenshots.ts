/** Takes the guide's pictures of the page, in the installed browser: `npx tsx scripts/screenshots.ts [--out FOLDER]`. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { packagePath } from '../node/package-root.ts';
import { openBrowser, openStand } from '../test/browser/stand.ts';
import { openStaticHost } from '../test/browser/static-host.ts';
import { en } from '../web/strings/en.ts';
import { zh } from '../web/strings/zh.ts';
import { ensureBrowser } from './ensure-browser.ts';

type Words = typeof en;

interface Shot {
  readonly name: string;
  readonly size: 'desktop' | 'phone';
  readonly colorScheme: 'light' | 'dark';
  readonly language: 'en' | 'zh';
  /** Beside a server whose library holds the songs that ship. @default false */
  readonly hasLibrary?: boolean;
  /** Brings the page into the state that is shown: moods are picked by hand, so no face is needed. */
  readonly reach: (page: Page, words: Words) => Promise<unknown>;
}

const SIZES = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } } as const;
/** All pictures together: they travel with the repository. */
const MOST_BYTES = 1_000_000;

const pick = async (page: Page, mood: string): Promise<void> => {
  await page.locator('.mood', { hasText: mood }).click();
  await page.locator('.songs li').nth(19).waitFor();
};
const view = (page: Page, name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click();

/** A week in which moods came and went, at times of the picture's own. */
const liveThroughAWeek = async (page: Page, words: Words): Promise<void> => {
  await page.clock.setFixedTime(new Date(2026, 10, 16, 8, 5));
  await view(page, words.nav.history);
  await page.getByRole('button', { name: words.history.turnOn }).click();
  await view(page, words.nav.home);
  const days = ['neutral', 'sad', 'happy', 'happy', 'angry', 'surprise', 'happy'] as const;
  for (const [day, mood] of days.entries()) {
    await page.clock.setFixedTime(new Date(2026, 10, 16 + day, 8 + ((day * 5) % 14), (day * 17) % 60));
    await pick(page, words.emotion[mood]);
  }
  await view(page, words.nav.history);
};

interface Work {
  readonly id: string;
  readonly state: string;
}

/** The songs that ship, added and analysed as a listener's own. */
const fillLibrary = async (url: string): Promise<void> => {
  const ask = async (path: string, json?: object): Promise<Work> => {
    const sent = json && {
      method: 'POST',
      body: JSON.stringify(json),
      headers: { 'content-type': 'application/json' },
    };
    return (await (await fetch(new URL(`api/v1/jobs${path}`, url), sent)).json()) as Work;
  };
  for (const job of [{ kind: 'add', source: packagePath('catalogue', 'songs.csv') }, { kind: 'analyse' }]) {
    const { id } = await ask('', job);
    for (let state = 'waiting'; state !== 'done'; { state } = await ask(`/${id}`)) {
      if (state === 'failed') throw new Error(`The job ${job.kind} failed.`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
};

const SHOTS: readonly Shot[] = [
  { name: 'start', size: 'desktop', colorScheme: 'light', language: 'en', reach: async () => undefined },
  {
    name: 'list',
    size: 'desktop',
    colorScheme: 'light',
    language: 'en',
    reach: async (page, words) => {
      await pick(page, words.emotion.sad);
      await page.locator('.songs li').nth(1).hover();
    },
  },
  {
    name: 'list-dark',
    size: 'desktop',
    colorScheme: 'dark',
    language: 'en',
    reach: async (page, words) => {
      await pick(page, words.emotion.angry);
      await page.getByRole('radio', { name: words.goal.calm.name }).check();
    },
  },
  {
    name: 'list-phone-zh',
    size: 'phone',
    colorScheme: 'dark',
    language: 'zh',
    reach: (page, words) => pick(page, words.emotion.sad),
  },
  {
    name: 'camera-notice-phone',
    size: 'phone',
    colorScheme: 'light',
    language: 'en',
    reach: (page, words) => page.getByRole('button', { name: words.start.camera }).click(),
  },
  {
    name: 'your-songs',
    size: 'desktop',
    colorScheme: 'light',
    language: 'en',
    reach: async (page, words) => {
      await view(page, words.nav.songs);
      await page.locator('.mood-songs').nth(3).locator('.typical-song').nth(1).click();
      await page.getByRole('searchbox').fill('queen');
      await page.locator('.result').first().waitFor();
    },
  },
  {
    name: 'library',
    size: 'desktop',
    colorScheme: 'light',
    language: 'en',
    hasLibrary: true,
    reach: async (page, words) => {
      await view(page, words.nav.library);
      await page.locator('.seven .bar').nth(4).click();
      await page.locator('.library-row', { hasText: words.emotion.sad }).nth(2).waitFor();
      // Nothing that is done is shown for ever.
      const hide = page.getByRole('button', { name: words.library.hide });
      while ((await hide.count()) > 0) await hide.first().click();
    },
  },
  {
    name: 'library-song',
    size: 'desktop',
    colorScheme: 'dark',
    language: 'en',
    hasLibrary: true,
    reach: async (page, words) => {
      await view(page, words.nav.library);
      await page.getByLabel(words.library.order).selectOption('confidence');
      await page.locator('.library-row b').first().click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'library-phone-zh',
    size: 'phone',
    colorScheme: 'light',
    language: 'zh',
    hasLibrary: true,
    reach: async (page, words) => {
      await view(page, words.nav.library);
      await page.locator('.library-row b').first().waitFor();
    },
  },
  { name: 'history', size: 'desktop', colorScheme: 'light', language: 'en', reach: liveThroughAWeek },
  {
    name: 'settings-zh',
    size: 'desktop',
    colorScheme: 'dark',
    language: 'zh',
    reach: async (page, words) => {
      await view(page, words.nav.settings);
      await page.getByText(words.settings.offlineReady).waitFor();
    },
  },
];

const { values } = parseArgs({
  options: { out: { type: 'string', default: packagePath('docs', 'guide', 'images') } },
});
const out = resolve(values.out);
mkdirSync(out, { recursive: true });
ensureBrowser();
const host = await openStaticHost({ folder: packagePath('dist', 'web') });
const keeping = await openStand({ withStore: true });
await fillLibrary(keeping.url);
const browser = await openBrowser();
try {
  for (const { name, size, colorScheme, language, reach, hasLibrary = false } of SHOTS) {
    const options: BrowserContextOptions = {
      viewport: SIZES[size],
      colorScheme,
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
      timezoneId: 'UTC',
      deviceScaleFactor: size === 'phone' ? 1.5 : 1,
      reducedMotion: 'reduce',
      hasTouch: size === 'phone',
    };
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(hasLibrary ? keeping.url : host.url);
    // The models have arrived: the page says nothing about them any more.
    await page.locator('progress.edge').waitFor({ state: 'detached' });
    await reach(page, language === 'zh' ? zh : en);
    await page.waitForTimeout(300);
    const picture = await page.screenshot();
    await sharp(picture)
      .webp({ quality: 86, effort: 6 })
      .toFile(join(out, `${name}.webp`));
    console.log(`${name}.webp: ${Math.round(statSync(join(out, `${name}.webp`)).size / 1000)} kB`);
    await context.close();
  }
  const total = readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
  if (total > MOST_BYTES) throw new Error(`The pictures take ${total} bytes, at most ${MOST_BYTES}: make fewer.`);
  // The first picture of the README, as PNG because package registries show no WebP.
  if (values.out === packagePath('docs', 'guide', 'images'))
    await sharp(join(out, 'list.webp')).png({ palette: true, effort: 10 }).toFile(packagePath('docs', 'page.png'));
} finally {
  await browser.close();
  await host.close();
  await keeping.close();
}
