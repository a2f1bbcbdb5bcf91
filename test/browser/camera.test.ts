/** The camera: live bars and a list, and a sentence with the way out wherever it does not work. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMedia, hasFfmpeg, type Media, samplePhoto } from './media.ts';
import { openBrowser, openPage, openStand, type Stand } from './stand.ts';

let stand: Stand;
let media: Media;

beforeAll(async () => {
  stand = await openStand({ threshold: 0 });
  media = createMedia();
});

afterAll(async () => {
  media?.remove();
  await stand?.close();
});

const startCamera = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Use the camera' }).click();
  await page.getByRole('heading', { name: 'Before the camera starts' }).waitFor();
  await page.getByText('No picture and no reading leaves this device').waitFor();
  await page.getByText('not for judging people at work or at school').waitFor();
  await page.getByRole('button', { name: 'Start the camera' }).click();
};

/** Counts the frames that are with the worker at once. */
const COUNT_FRAMES = `(() => {
  const frames = { now: 0, most: 0, answered: 0 };
  window.frames_ = frames;
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message.kind === 'frame') {
      frames.now++;
      frames.most = Math.max(frames.most, frames.now);
    }
    return post.call(this, message, ...rest);
  };
  const listen = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
  Object.defineProperty(Worker.prototype, 'onmessage', {
    set(handler) {
      listen.set.call(this, (event) => {
        if (event.data.kind === 'frame') {
          frames.now--;
          frames.answered++;
        }
        handler(event);
      });
    },
  });
})()`;

describe.skipIf(!hasFfmpeg)('a camera that works (needs ffmpeg to play one)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(await media.camera(samplePhoto(3)));
  });
  afterAll(() => browser?.close());

  const openLive = async (): ReturnType<typeof openPage> => {
    const opened = await openPage(browser, stand.url, { permissions: ['camera'] });
    await opened.page.addInitScript(COUNT_FRAMES);
    await opened.page.reload();
    await startCamera(opened.page);
    await opened.page.locator('.songs li').nth(19).waitFor();
    return opened;
  };

  it('gives live bars and twenty songs, one frame at a time, and nothing leaves the origin', async () => {
    const { page, requests, errors } = await openLive();
    expect(await page.locator('.bars.live .bar').count()).toBe(7);
    await page.waitForTimeout(1000);
    const { most, answered } = (await page.evaluate('window.frames_')) as { most: number; answered: number };
    expect(most).toBe(1);
    expect(answered).toBeGreaterThan(5);
    const origin = new URL(stand.url).origin;
    for (const request of requests) expect(request).toMatch(new RegExp(`^GET (blob:)?${origin}/`));
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('begins with the tiny model while the accurate one is on its way', async () => {
    const { page } = await openPage(browser, 'about:blank', { permissions: ['camera'] });
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await page.context().route('**/models/expression.onnx', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(stand.url);
    await startCamera(page);
    await page.locator('.bars.live .bar').nth(6).waitFor();
    const arrived = page.waitForResponse('**/models/expression.onnx');
    letGo();
    expect((await arrived).status()).toBe(200);
    await page.locator('.songs li').nth(19).waitFor();
    await page.context().close();
  });

  it('is off once stopped, and the list stays', async () => {
    const { page } = await openLive();
    await page.evaluate('window.track_ = document.querySelector("video").srcObject.getTracks()[0]');
    await page.getByRole('button', { name: 'Stop the camera' }).click();
    expect(await page.evaluate('window.track_.readyState')).toBe('ended');
    expect(await page.locator('.songs li').count()).toBe(20);
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.locator('.bars.live').waitFor();
    await page.context().close();
  });

  it('is off when the page is out of sight', async () => {
    const { page } = await openLive();
    await page.evaluate(`(() => {
      window.track_ = document.querySelector('video').srcObject.getTracks()[0];
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    })()`);
    await page.getByRole('heading', { name: 'The camera is off' }).waitFor();
    expect(await page.evaluate('window.track_.readyState')).toBe('ended');
    // Back again it waits to be asked, and then reads on.
    await page.evaluate(`(() => {
      delete document.hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    })()`);
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.locator('.bars.live').waitFor();
    await page.context().close();
  });

  it('that sends no more pictures is said to be silent, and read again when it does', async () => {
    const { page } = await openLive();
    // As where a key switches it off, or another program takes it: the camera stays open.
    await page.evaluate('document.querySelector("video").pause()');
    await page.getByText('The camera sends no picture').waitFor();
    await page.evaluate('document.querySelector("video").play()');
    await page.getByText('The camera sends no picture').waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('that is unplugged says so', async () => {
    const { page } = await openLive();
    await page.evaluate('document.querySelector("video").srcObject.getTracks()[0].dispatchEvent(new Event("ended"))');
    await page.getByRole('alert').getByText('It was unplugged, or another program took it').waitFor();
    await page.context().close();
  });

  it('that is denied says so and offers the other ways', async () => {
    const { page, errors } = await openPage(browser, stand.url);
    await startCamera(page);
    await page.getByRole('alert').getByText('The browser may not use the camera').waitFor();
    await page.getByRole('button', { name: 'Neutral' }).click();
    await page.locator('.songs li').nth(19).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

describe.skipIf(!hasFfmpeg)('a camera of another shape (needs ffmpeg to play one)', () => {
  it.each([
    ['held upright', 480, 640],
    ['of 4K', 3840, 2160],
  ])('%s is read and shown as it is', async (_kind, width, height) => {
    const browser = await openBrowser(await media.camera(samplePhoto(3), width, height));
    const { page, errors } = await openPage(browser, stand.url, { permissions: ['camera'] });
    // Whatever size the page asks for, this camera has one.
    await page.evaluate(`(() => {
      const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = () => get({ video: { width: ${width}, height: ${height} } });
    })()`);
    await startCamera(page);
    await page.locator('.songs li').nth(19).waitFor();
    expect(
      await page.evaluate('[document.querySelector("video").videoWidth, document.querySelector("video").videoHeight]'),
    ).toEqual([width, height]);
    const shape = await page.locator('.frame').boundingBox();
    expect(shape!.width / shape!.height).toBeCloseTo(width / height, 1);
    expect(errors).toEqual([]);
    await browser.close();
  });
});

describe.skipIf(!hasFfmpeg)('a camera that is covered (needs ffmpeg to play one)', () => {
  it('is asked about', async () => {
    const browser = await openBrowser(media.coveredCamera());
    const { page } = await openPage(browser, stand.url, { permissions: ['camera'] });
    await startCamera(page);
    await page.getByText('Is the camera covered, or the light off?').waitFor();
    await browser.close();
  });
});

describe('a camera that does not open', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it.each([
    ['is not there', 'NotFoundError', 'No camera was found'],
    ['is in use', 'NotReadableError', 'another program may be using it'],
    ['fails in a way of its own', 'TypeError', 'The camera did not start'],
  ])('because it %s gets a sentence and the other ways', async (_reason, name, sentence) => {
    const { page } = await openPage(browser, stand.url);
    // The browser's own errors, which a machine without cameras cannot bring about one by one.
    await page.evaluate(
      `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', '${name}'))`,
    );
    await startCamera(page);
    await page.getByRole('alert').getByText(sentence).waitFor();
    await page.getByText('Choose a photo', { exact: true }).waitFor();
    await page.context().close();
  });

  it('because the page came over plain http from elsewhere says how to open it', async () => {
    const { page } = await openPage(browser, stand.url);
    await page.evaluate('Object.defineProperty(navigator, "mediaDevices", { value: undefined })');
    await startCamera(page);
    await page.getByRole('alert').getByText('over https://').waitFor();
    await page.context().close();
  });
});
