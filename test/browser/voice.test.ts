/** A voice in, by a recording or the microphone; a reading and twenty songs, or a sentence, out. */
import { existsSync, readdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../node/package-root.ts';
import { makeWav } from '../audio/make-wav.ts';
import { dataPath, lacksData, needsData } from '../data.ts';
import { createMedia, hasFfmpeg, type Media } from './media.ts';
import { openBrowser, openPage } from './stand.ts';
import { openStaticHost, type StaticHost } from './static-host.ts';

const hasModel = ['voice-emotion.onnx', 'voice-manner.onnx'].every((name) => existsSync(packagePath('models', name)));

describe.skipIf(!hasModel)('a voice (needs models/voice-emotion.onnx and voice-manner.onnx)', () => {
  let host: StaticHost;
  let media: Media;
  let browser: Browser;

  beforeAll(async () => {
    host = await openStaticHost({ folder: packagePath('dist', 'web') });
    media = createMedia();
    // Any file makes the browser bring its made-up devices along; its microphone beeps.
    browser = await openBrowser(media.file('none.mjpeg', ''));
  });
  afterAll(async () => {
    media?.remove();
    await browser?.close();
    await host?.close();
  });

  const record = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Use your voice' }).click();
    await page.getByText('The recording never leaves this device').waitFor();
    await page.getByRole('button', { name: 'Start the microphone' }).click();
  };

  it.skipIf(lacksData('emodb'))(
    `in a recording gives seven bars and songs, or asks ${needsData('emodb')}`,
    async () => {
      const folder = dataPath('emodb', 'audio');
      const name = readdirSync(folder).find((file) => file.endsWith('.opus'))!;
      const { page, requests, errors } = await openPage(browser, host.url);
      await page.getByLabel('Choose a recording').setInputFiles(`${folder}/${name}`);
      await page.locator('.reading .bar').nth(6).waitFor();
      await page.getByText(/^Read from \d+ s of voice\.$/).waitFor();
      if ((await page.locator('.songs li').count()) === 0)
        await page.getByRole('heading', { name: /^Not sure/ }).waitFor();
      for (const request of requests) expect(request).toMatch(/^GET (blob:)?http:\/\/127/);
      expect(errors).toEqual([]);
      await page.context().close();
    },
  );

  it.skipIf(lacksData('emodb') || !hasFfmpeg)(`in a video joins the face ${needsData('emodb')}`, async () => {
    const { page, requests, errors } = await openPage(browser, host.url);
    // Anger that nobody mistakes.
    const video = await media.speakingVideo(dataPath('emodb', 'audio', '08a01Wa.opus'));
    await page.getByLabel('Choose a video').setInputFiles(video);
    await page.getByText(/pictures with a face\. \d+ s of voice count as well\.$/).waitFor();
    await page.locator('.reading .bar').nth(6).waitFor();
    expect(requests.some((request) => request.includes('voice-manner.onnx'))).toBe(true);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('in a recording of silence is not made up', async () => {
    const { page } = await openPage(browser, host.url);
    const silence = media.file('silence.wav', makeWav([new Float32Array(5 * 16_000)]));
    await page.getByLabel('Choose a recording').setInputFiles(silence);
    await page.getByRole('alert').waitFor();
    await page.locator('.mood').first().click();
    await page.locator('.songs li').nth(19).waitFor();
    await page.context().close();
  });

  it('from the microphone is recorded, read or refused, and the microphone is off again', async () => {
    const { page } = await openPage(browser, host.url, { permissions: ['microphone'] });
    await page.evaluate(`(() => {
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        window.track_ = stream.getTracks()[0];
        return stream;
      };
    })()`);
    await record(page);
    await page.locator('.level path').nth(15).waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Done' }).click();
    await page.locator('.reading, .plate[role=alert]').first().waitFor();
    expect(await page.evaluate('window.track_.readyState')).toBe('ended');
    await page.context().close();
  });

  it('from a microphone that is unplugged is read as far as it was recorded, or refused in a sentence', async () => {
    const { page, errors } = await openPage(browser, host.url, { permissions: ['microphone'] });
    await page.evaluate(`(() => {
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        window.track_ = stream.getTracks()[0];
        return stream;
      };
    })()`);
    await record(page);
    await page.locator('.level path').nth(10).waitFor({ state: 'attached' });
    // What a browser does when the device goes: the track is over, and says so.
    await page.evaluate("window.track_.stop(); window.track_.dispatchEvent(new Event('ended'))");
    await page.locator('.reading, .plate[role=alert]').first().waitFor();
    await page.locator('.mood').first().waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('without any microphone says so', async () => {
    const { page } = await openPage(browser, host.url, { permissions: ['microphone'] });
    await page.evaluate(`navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('Requested device not found', 'NotFoundError'))`);
    await record(page);
    await page.getByRole('alert').getByText('No microphone was found').waitFor();
    await page.context().close();
  });

  it('that may not be heard says so', async () => {
    const { page } = await openPage(browser, host.url);
    await record(page);
    await page.getByRole('alert').getByText('The browser may not use the microphone').waitFor();
    await page.context().close();
  });
});
