/** Every state of the page, light and dark, against axe's rules (WCAG 2.2 A and AA, and its best practices). */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMedia, hasFfmpeg, type Media, samplePhoto } from './media.ts';
import { openBrowser, openPage, openStand, type Stand } from './stand.ts';

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const stands = new Map<'sure' | 'unsure' | 'broken', Stand>();
let browser: Browser;
let media: Media;

beforeAll(async () => {
  media = createMedia();
  stands.set('sure', await openStand({ threshold: 0 }));
  stands.set('unsure', await openStand({ threshold: 1 }));
  stands.set('broken', await openStand({ withoutModel: true }));
  browser = await openBrowser(hasFfmpeg ? await media.camera(samplePhoto(3)) : 'none');
});

afterAll(async () => {
  media?.remove();
  await browser?.close();
  for (const stand of stands.values()) await stand.close();
});

const photo = async (page: Page, path: string): Promise<void> => {
  await page.getByLabel('Choose a photo').setInputFiles(path);
  await page.locator('.reading, .plate[role=alert]').first().waitFor();
};
const camera = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await page.getByRole('button', { name: 'Start the camera' }).click();
};

const STATES: Readonly<Record<string, readonly ['sure' | 'unsure' | 'broken', (page: Page) => Promise<unknown>]>> = {
  start: ['sure', (page) => page.getByText('Your face sets the tone').waitFor()],
  'models missing': ['broken', (page) => page.getByText('Faces cannot be read just now').waitFor()],
  'a photo with several faces': ['sure', (page) => photo(page, samplePhoto(1))],
  'not sure': ['unsure', (page) => photo(page, samplePhoto(4))],
  'no face': ['sure', async (page) => photo(page, await media.landscape())],
  'picked by hand, saving': [
    'sure',
    async (page) => {
      await page.getByRole('button', { name: 'Sad' }).click();
      await page.getByText('Save as').click();
    },
  ],
  'before the camera': ['sure', (page) => page.getByRole('button', { name: 'Use the camera' }).click()],
  'camera denied': [
    'sure',
    async (page) => {
      await camera(page);
      await page.getByRole('alert').waitFor();
    },
  ],
  ...(hasFfmpeg && {
    'camera live': [
      'sure',
      async (page) => {
        await page.context().grantPermissions(['camera']);
        await camera(page);
        await page.locator('.songs li').nth(19).waitFor();
      },
    ],
  }),
};

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each(Object.keys(STATES))('%s', async (state) => {
    const [stand, reach] = STATES[state]!;
    const { page } = await openPage(browser, stands.get(stand)!.url, { colorScheme, bypassCSP: true });
    await reach(page);
    await page.evaluate(axe);
    const { violations } = (await page.evaluate('axe.run(document)')) as { violations: readonly Violation[] };
    expect(violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`)).toEqual([]);
    await page.context().close();
  });
});
