/** Every state of the page, in both languages, light and dark, against axe's rules (WCAG 2.2 A and AA, and its best practices), still, and on a phone. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../node/package-root.ts';
import { en } from '../../web/strings/en.ts';
import { zh } from '../../web/strings/zh.ts';
import { createMedia, hasFfmpeg, type Media, samplePhoto } from './media.ts';
import { openBrowser, openPage, openStand, type Stand } from './stand.ts';

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LANGUAGES = { en, zh } as const;
const hasVoice = existsSync(packagePath('dist', 'web', 'models', 'voice-emotion.onnx'));
type Words = typeof en;
/** `keeping`: with a library of 40 songs. */
type StandName = 'sure' | 'unsure' | 'broken' | 'keeping' | 'new';

const stands = new Map<StandName, Stand>();
let browser: Browser;
let media: Media;

beforeAll(async () => {
  media = createMedia();
  stands.set('sure', await openStand({ threshold: 0 }));
  stands.set('unsure', await openStand({ threshold: 1 }));
  stands.set('broken', await openStand({ withoutModel: true }));
  stands.set('new', await openStand({ withStore: true }));
  stands.set('keeping', await openStand({ withStore: true }));
  await fillLibrary(stands.get('keeping')!.url);
  browser = await openBrowser(hasFfmpeg ? await media.camera(samplePhoto(3)) : 'none');
});

afterAll(async () => {
  media?.remove();
  await browser?.close();
  for (const stand of stands.values()) await stand.close();
});

const photo = async (page: Page, words: Words, path: string): Promise<void> => {
  await page.getByLabel(words.start.photo).setInputFiles(path);
  await page.locator('.reading, .plate[role=alert]').first().waitFor();
};
const camera = async (page: Page, words: Words): Promise<void> => {
  await page.getByRole('button', { name: words.start.camera }).click();
  await page.getByRole('heading', { name: words.camera.noticeTitle }).waitFor();
  await page.getByRole('button', { name: words.camera.agree }).click();
};
const pick = (page: Page, name: string): Promise<void> => page.locator('.mood', { hasText: name }).click();
const view = (page: Page, name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click();

/** Songs of four emotions, each with something known of it. */
const fillLibrary = async (url: string): Promise<void> => {
  const song = (n: number): string => {
    const emotion = (['happy', 'sad', 'angry', 'neutral'] as const)[n % 4];
    const scores = { angry: 0.1, disgust: 0.1, fear: 0.1, happy: 0.2, sad: 0.3, surprise: 0.1, neutral: 0.1 };
    const evidence = [{ source: 'tags', scores, confidence: 0.4, version: '1' }];
    const facts = { year: 2000, language: 'en', tags: ['pop'], album: 'One', path: `/music/${n}.mp3` };
    return JSON.stringify({ id: `band/song-${n}`, title: `Song ${n}`, artist: 'Band', emotion, evidence, ...facts });
  };
  const body = Array.from({ length: 40 }, (_, n) => song(n)).join('\n');
  const headers = { 'content-type': 'application/x-ndjson' };
  const answer = await fetch(new URL('api/v1/songs', url), { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(await answer.text());
};

type Reach = (page: Page, words: Words) => Promise<unknown>;

const STATES: Readonly<Record<string, readonly [StandName, Reach]>> = {
  start: ['sure', (page, words) => page.getByText(words.start.title).waitFor()],
  'models missing': ['broken', (page, words) => page.getByText(words.models.failed).waitFor()],
  'a photo with several faces': ['sure', (page, words) => photo(page, words, samplePhoto(1))],
  'not sure': ['unsure', (page, words) => photo(page, words, samplePhoto(4))],
  'no face': ['sure', async (page, words) => photo(page, words, await media.landscape())],
  'picked by hand, a song dismissed, saving': [
    'sure',
    async (page, words) => {
      await pick(page, words.emotion.sad);
      await page.locator('.songs li').first().hover();
      await page.locator('.song-actions button').nth(2).click();
      await page.locator('.said button').waitFor();
      await page.getByText(words.list.save).click();
    },
  ],
  'before the camera': ['sure', (page, words) => page.getByRole('button', { name: words.start.camera }).click()],
  'camera denied': [
    'sure',
    async (page, words) => {
      await camera(page, words);
      await page.getByRole('alert').waitFor();
    },
  ],
  ...(hasVoice && {
    'before the microphone': [
      'sure',
      (page: Page, words: Words) => page.getByRole('button', { name: words.start.microphone }).click(),
    ],
    'listening, or refused': [
      'sure',
      async (page: Page, words: Words) => {
        await page.context().grantPermissions(['microphone']);
        await page.getByRole('button', { name: words.start.microphone }).click();
        await page.getByRole('button', { name: words.microphone.agree }).click();
        await page.locator('.level path, [role=alert]').first().waitFor({ state: 'attached' });
      },
    ],
  }),
  'your songs, searching': [
    'sure',
    async (page, words) => {
      await view(page, words.nav.songs);
      await page.locator('.typical-song').first().click();
      await page.getByRole('searchbox').fill('love');
      await page.locator('.result').first().waitFor();
    },
  ],
  'a bad catalogue': [
    'sure',
    async (page, words) => {
      await view(page, words.nav.songs);
      await page.getByLabel(words.own.addCatalogue).setInputFiles(media.file('bad.csv', 'a,b\n1,2\n'));
      await page.getByRole('alert').waitFor();
    },
  ],
  'no library': [
    'sure',
    async (page, words) => {
      await page.goto(`${page.url()}#library`);
      await page.getByText(words.library.none).waitFor();
    },
  ],
  'an empty library': [
    'new',
    async (page, words) => {
      await view(page, words.nav.library);
      await page.getByText(words.library.empty).waitFor();
    },
  ],
  'a library, with work that failed': [
    'keeping',
    async (page, words) => {
      await view(page, words.nav.library);
      await page.locator('.library-row b').first().waitFor();
      await page.getByLabel(words.library.path).fill('/nothing/here');
      await page.getByRole('button', { name: words.library.add, exact: true }).click();
      await page.locator('.job', { hasText: words.library.state.failed }).first().waitFor();
    },
  ],
  'a song of the library': [
    'keeping',
    async (page, words) => {
      await view(page, words.nav.library);
      await page.locator('.library-row b').first().click();
      await page.getByRole('button', { name: words.library.similar }).click();
      await page.locator('.song-sheet [role=status]').nth(1).waitFor();
    },
  ],
  'settings beside a server, asked before erasing': [
    'keeping',
    async (page, words) => {
      await view(page, words.nav.settings);
      await page.getByText(words.settings.dataServer).waitFor();
      await page.getByRole('button', { name: words.settings.erase }).click();
      await page.getByText(words.settings.eraseSureServer).waitFor();
    },
  ],
  'no history': ['sure', (page, words) => view(page, words.nav.history)],
  'a history': [
    'sure',
    async (page, words) => {
      await view(page, words.nav.history);
      await page.getByRole('button', { name: words.history.turnOn }).click();
      await view(page, words.nav.home);
      await pick(page, words.emotion.happy);
      await view(page, words.nav.history);
      await page.locator('.entry').waitFor();
    },
  ],
  'settings, asked before erasing': [
    'sure',
    async (page, words) => {
      await view(page, words.nav.settings);
      await page.getByRole('button', { name: words.settings.erase }).click();
      await page.getByText(words.settings.eraseSure).waitFor();
    },
  ],
  'without a network': [
    'sure',
    async (page, words) => {
      await page.context().setOffline(true);
      await page.getByText(words.notice.offline).waitFor();
    },
  ],
  ...(hasFfmpeg && {
    'camera live': [
      'sure',
      async (page: Page, words: Words) => {
        await page.context().grantPermissions(['camera']);
        await camera(page, words);
        await page.locator('.songs li').nth(19).waitFor();
      },
    ],
    'a video': [
      'sure',
      async (page: Page, words: Words) => {
        await page.getByLabel(words.start.video).setInputFiles(await media.video());
        await page.locator('.timeline').waitFor();
      },
    ],
  }),
};

describe.each(['en', 'zh'] as const)('in %s', (language) => {
  it.each(Object.keys(STATES))('%s', async (state) => {
    const [stand, reach] = STATES[state]!;
    const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
    // Nothing fades while contrast is measured.
    const options = { bypassCSP: true, locale, reducedMotion: 'reduce', serviceWorkers: 'block' } as const;
    const { page } = await openPage(browser, stands.get(stand)!.url, options);
    await reach(page, LANGUAGES[language]);
    expect(await page.locator('html').getAttribute('lang')).toBe(language === 'zh' ? 'zh-Hans' : 'en');
    await page.evaluate(axe);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = (await page.evaluate('axe.run(document)')) as { violations: readonly Violation[] };
      expect(violations.map(({ id, help, nodes }) => `${colorScheme}: ${id}: ${help}: ${nodes[0]?.html}`)).toEqual([]);
    }
    expect(await page.evaluate('document.getAnimations().length'), 'moves although motion is not wanted').toBe(0);
    await page.setViewportSize({ width: 360, height: 740 });
    const tooWide = `[...document.querySelectorAll('main *')]
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1).map((element) => element.outerHTML.slice(0, 120))`;
    const isWide = (): Promise<boolean> => page.evaluate('document.documentElement.scrollWidth > 360');
    // The charts follow the window a moment later.
    await expect
      .poll(isWide, { message: 'wider than a phone', timeout: 10_000 })
      .toBe(false)
      .catch(async (error) => {
        throw new Error(`Wider than a phone: ${String(await page.evaluate(tooWide))}`, { cause: error });
      });
    await page.context().close();
  });
});
