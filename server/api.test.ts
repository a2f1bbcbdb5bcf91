/** The API as programs meet it: answers like the library's, and a problem document for everything that cannot be answered. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCatalogue } from '../node/catalogue.ts';
import { decodePhoto } from '../node/decode-photo.ts';
import { loadFaceModels } from '../node/face-models.ts';
import { findProgram } from '../node/find-program.ts';
import { packagePath } from '../node/package-root.ts';
import { faceJson } from '../node/read-frames.ts';
import { readVoiceInFile } from '../node/read-voice.ts';
import { loadVoiceModel } from '../node/sound-models.ts';
import { readFaces } from '../src/face/read.ts';
import { parseCatalogue } from '../src/music/catalogue.ts';
import { recommendPersonally } from '../src/music/personal.ts';
import { recommend } from '../src/music/recommend.ts';
import { songId } from '../src/music/song.ts';
import { makeWav } from '../test/audio/make-wav.ts';
import { dataPath, lacksData, needsData } from '../test/data.ts';
import { API_PREFIX, problem, ROUTES } from './api.ts';
import { createApp } from './app.ts';
import { dataPaths } from './store/data-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-api-'));
const photo = readFileSync(packagePath('node_modules', '@vladmandic', 'face-api', 'demo', 'sample1.jpg'));
let app: FastifyInstance;
let url = '';
const listen = async (server: FastifyInstance): Promise<string> => {
  await server.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
};
beforeAll(async () => {
  app = await createApp({ logLevel: 'silent', store: { dataDir: join(folder, 'data') } });
  url = await listen(app);
}, 60_000);
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const upload = (
  path: string,
  bytes: Uint8Array,
  { name = 'me.jpg', field = 'file', base = url } = {},
): Promise<Response> => {
  const form = new FormData();
  form.append(field, new Blob([new Uint8Array(bytes)]), name);
  return fetch(`${base}${API_PREFIX}${path}`, { method: 'POST', body: form });
};
const expectProblem = async (answer: Response, status: number, code: string): Promise<string> => {
  const body = (await answer.json()) as { code: string; detail: string };
  expect([answer.status, body.code], body.detail).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(problem.parse(body)).toEqual(body);
  return body.detail;
};
const ask = (options: InjectOptions) => app.inject({ ...options, headers: { host: 'localhost', ...options.headers } });
const leftovers = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`attune-upload-${process.pid}-`));

describe('readings', () => {
  test('a photo is read as the library reads it', async () => {
    const answer = await upload('/readings/photo', photo, { name: '../../etc/passwd' });
    expect(answer.status).toBe(200);
    const faces = (await readFaces(await decodePhoto(photo), await loadFaceModels())).map(faceJson);
    const [{ emotion, scores, certain }] = faces as [(typeof faces)[number]];
    const expected = { kind: 'photo', frames: 1, mood: { emotion, scores, certain, sources: ['face'] }, faces };
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  test('an animation is followed from frame to frame', async () => {
    // Frames that are the same would be joined into one.
    const frames = await Promise.all(
      [1, 0.9, 0.8].map((brightness) => sharp(photo).resize(480).modulate({ brightness }).png().toBuffer()),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [500, 500, 500] })
      .toBuffer();
    const answer = await upload('/readings/photo', gif);
    expect(await answer.json()).toMatchObject({
      kind: 'animation',
      frames: 3,
      faces: expect.arrayContaining([expect.objectContaining({ frames: 3 })]),
    });
  });

  test.skipIf(findProgram('ffmpeg') === undefined)(
    'a video is read, and nothing of it stays (needs ffmpeg)',
    async () => {
      const clip = join(folder, 'clip.mp4');
      const picture = join(folder, 'picture.png');
      writeFileSync(picture, await sharp(photo).resize(480, 360).png().toBuffer());
      execFileSync('ffmpeg', [
        '-v',
        'error',
        '-loop',
        '1',
        '-i',
        picture,
        '-t',
        '2',
        '-r',
        '5',
        '-pix_fmt',
        'yuv420p',
        clip,
      ]);
      const answer = await upload('/readings/video', readFileSync(clip), { name: '/tmp/x; rm -rf' });
      expect(await answer.json()).toMatchObject({ kind: 'video', frames: 4 });
      const damaged = readFileSync(clip).subarray(0, 2000);
      await expectProblem(await upload('/readings/video', damaged), 415, 'video/unreadable');
      expect(leftovers()).toEqual([]);
    },
  );

  test.skipIf(lacksData('ravdess'))(`a voice is read as the library reads it ${needsData('ravdess')}`, async () => {
    const path = dataPath('ravdess', 'audio', '03-01-05-02-01-01-03.opus');
    const answer = await upload('/readings/voice', readFileSync(path), { name: '../../voice.sh' });
    expect(answer.status).toBe(200);
    const { emotion, scores, certain, voicedSeconds } = await readVoiceInFile(path, await loadVoiceModel());
    const mood = { emotion, scores, certain, sources: ['voice'] };
    expect(await answer.json()).toEqual({
      kind: 'sound',
      mood,
      voice: { emotion, scores, certain, voicedSeconds },
    });
    expect(leftovers()).toEqual([]);
  });

  test('what is no sound, no voice, or too large is refused with the way out', async () => {
    const silent = makeWav([new Float32Array(16_000)]);
    for (const [bytes, status, code] of [
      [silent, 422, 'audio/no-voice'],
      [makeWav([new Float32Array(160)]), 415, 'audio/too-short'],
      [photo, 415, 'upload/kind'],
      [Buffer.from('a text that calls itself a sound'), 415, 'audio/unreadable'],
      [Buffer.alloc(0), 415, 'audio/unreadable'],
      [silent.subarray(0, 30), 415, 'audio/unreadable'],
    ] as const)
      await expectProblem(await upload('/readings/voice', bytes, { name: 'voice.wav' }), status, code);
    const small = await createApp({ logLevel: 'silent', readings: { voice: { bytes: 100_000 } } });
    const base = await listen(small);
    const long = makeWav([new Float32Array(200_000)]);
    await expectProblem(await upload('/readings/voice', long, { base }), 413, 'upload/too-large');
    await small.close();
    expect(leftovers()).toEqual([]);
  });

  test('what is no picture, the wrong kind, too large or shows nobody is refused with the way out', async () => {
    const blank = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#888' } })
      .jpeg()
      .toBuffer();
    // A PNG whose header promises 60,000 x 60,000 pixels, in 67 bytes.
    const bomb = Buffer.from(
      await sharp({ create: { width: 1, height: 1, channels: 3, background: '#888' } })
        .png()
        .toBuffer(),
    );
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    const mp4 = Buffer.from('0000001866747970697736f6d00000200697736f6d69736f32', 'hex');
    mp4.write('ftypisom', 4, 'latin1');
    for (const [path, bytes, status, code] of [
      ['photo', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 415, 'photo/unreadable'],
      ['photo', Buffer.from('%PDF-1.7 and more of it'), 415, 'photo/unreadable'],
      ['photo', Buffer.alloc(0), 415, 'photo/unreadable'],
      ['photo', photo.subarray(0, 20_000), 415, 'photo/unreadable'],
      ['photo', bomb, 413, 'photo/too-large'],
      ['photo', mp4, 415, 'upload/kind'],
      ['photo', blank, 422, 'face/none'],
      ['video', photo, 415, 'upload/kind'],
      ['video', Buffer.from('just some words, and more of them'), 415, 'video/unreadable'],
    ] as const)
      await expectProblem(await upload(`/readings/${path}`, bytes), status, code);
    await expectProblem(await upload('/readings/photo', photo, { field: 'picture' }), 400, 'upload/no-file');
    const json = await fetch(`${url}${API_PREFIX}/readings/photo`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    await expectProblem(json, 400, 'upload/no-file');
  });

  describe('with small limits', () => {
    let small: FastifyInstance;
    let base = '';
    beforeAll(async () => {
      const limits = { bytes: 400_000, pauseSeconds: 0.3, seconds: 2 };
      small = await createApp({
        logLevel: 'silent',
        readings: { photo: limits, video: limits, admission: { most: 1 } },
      });
      base = await listen(small);
    });
    afterAll(() => small.close());

    /** A form whose file never ends; `more` writes on. */
    const beginUpload = () => {
      const request = httpRequest(`${base}${API_PREFIX}/readings/photo`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=cut' },
      });
      const answer = new Promise<{ status: number; code: string; retryAfter: string | undefined }>(
        (resolve, reject) => {
          request.on('error', reject);
          request.on('response', (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (piece: string) => {
              text += piece;
            });
            response.on('end', () =>
              resolve({
                status: response.statusCode ?? 0,
                code: (JSON.parse(text) as { code: string }).code,
                retryAfter: response.headers['retry-after'],
              }),
            );
          });
        },
      );
      answer.catch(() => {});
      request.write('--cut\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n');
      request.write(photo.subarray(0, 1000));
      return { request, answer };
    };

    test('an upload over the limit is refused, whether it says its length or not', async () => {
      const big = Buffer.concat([photo, Buffer.alloc(2_000_000)]);
      await expectProblem(await upload('/readings/photo', big, { base }), 413, 'upload/too-large');
      const { request, answer } = beginUpload();
      for (let n = 0; n < 10; n++) request.write(Buffer.alloc(100_000));
      expect(await answer).toMatchObject({ status: 413, code: 'upload/too-large' });
      request.destroy();
    });

    test('one that stops is given up, and one that is cut off leaves no trace; the server lives', async () => {
      const slow = beginUpload();
      expect(await slow.answer).toMatchObject({ status: 408, code: 'upload/slow' });
      slow.request.destroy();
      const cut = beginUpload();
      await new Promise((resolve) => setTimeout(resolve, 100));
      cut.request.destroy();
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect((await upload('/readings/photo', photo, { base })).status).toBe(200);
    });

    test('one whose file never begins is given up too', async () => {
      const request = httpRequest(`${base}${API_PREFIX}/readings/photo`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=cut', 'content-length': 5000 },
      });
      const answer = new Promise<number>((resolve, reject) => {
        request.on('error', reject);
        request.on('response', (response) => resolve(response.statusCode ?? 0));
      });
      request.write('--cut\r\n');
      expect(await answer).toBe(408);
      request.destroy();
      expect((await upload('/readings/photo', photo, { base })).status).toBe(200);
    });

    test('while as many as may be are inside, the next is told when to come again', async () => {
      const inside = beginUpload();
      let answer = await upload('/readings/photo', photo, { base });
      while (answer.status === 200) answer = await upload('/readings/photo', photo, { base });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      const detail = await expectProblem(answer, 429, 'server/busy');
      expect(detail).toMatch(/try again in (a second|\d+ seconds)/);
      inside.request.destroy();
      await expect.poll(async () => (await upload('/readings/photo', photo, { base })).status).toBe(200);
    });

    test('a server without a store says so', async () => {
      await expectProblem(await fetch(`${base}${API_PREFIX}/songs`), 503, 'server/no-store');
      const answer = await fetch(`${base}${API_PREFIX}/recommendations`, {
        method: 'POST',
        body: '{"mood":"sad"}',
        headers: { 'content-type': 'application/json' },
      });
      expect(answer.status).toBe(200);
    });
  });
});

describe('music', () => {
  const post = (path: string, payload: object) => ask({ method: 'POST', url: `${API_PREFIX}${path}`, payload });

  test('a recommendation is the library’s own', async () => {
    const wanted = { mood: 'sad', goal: 'calm', count: 7, catalogue: await loadCatalogue() } as const;
    const paper = await post('/recommendations', { mood: 'sad', goal: 'calm', count: 7, method: 'paper' });
    const published = recommend(wanted);
    expect(paper.json()).toMatchObject(JSON.parse(JSON.stringify({ ...published, method: 'paper' })));
    const answer = await post('/recommendations', { mood: 'sad', goal: 'calm', count: 7 });
    const { songs, ...own } = recommendPersonally(wanted);
    expect(answer.json()).toMatchObject(JSON.parse(JSON.stringify({ ...own, songs, method: 'default' })));
    expect(answer.json().songs[0].link).toContain('https://www.youtube.com/results?search_query=');
    const heard = songs.map(({ song }) => song.id);
    const next = await post('/recommendations', { mood: 'sad', goal: 'calm', count: 7, heard });
    expect(next.json().songs.some(({ song }: { song: { id: string } }) => heard.includes(song.id))).toBe(false);
    const csv = await ask({
      method: 'POST',
      url: `${API_PREFIX}/recommendations?format=csv`,
      payload: { mood: 'happy', count: 3 },
    });
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(parseCatalogue(csv.body).size).toBe(3);
  });

  test('own songs join in, a correction moves one, and typical songs steer', async () => {
    const own = { emotion: 'angry', tags: ['pop'], evidence: [], year: 2001 };
    const lines = ['One', 'Two', 'Three', 'Four'].map((title) => ({
      ...own,
      id: songId(`Own ${title}`, title),
      artist: `Own ${title}`,
      title,
    }));
    const added = await ask({
      method: 'POST',
      url: `${API_PREFIX}/songs`,
      headers: { 'content-type': 'application/x-ndjson' },
      payload: lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    expect(added.json()).toEqual({ added: 4, updated: 0 });
    const angry = async () => {
      const asked = { mood: 'angry', goal: 'match', count: 1000, method: 'paper' };
      const { songs } = (await post('/recommendations', asked)).json() as {
        songs: { song: { id: string } }[];
      };
      return songs.map(({ song }) => song.id).filter((id) => id.startsWith('own-'));
    };
    expect(await angry()).toHaveLength(4);
    const corrected = await ask({
      method: 'PUT',
      url: `${API_PREFIX}/songs/${encodeURIComponent('own-one/one')}/emotion`,
      payload: { emotion: 'happy' },
    });
    expect(corrected.json()).toMatchObject({ emotion: 'happy', confidence: 1 });
    expect(await angry()).toHaveLength(3);
    const chosen = ['own-two/two', 'own-three/three', 'own-four/four'];
    const typical = await ask({
      method: 'PUT',
      url: `${API_PREFIX}/typical-songs/angry`,
      payload: { songIds: chosen },
    });
    expect(typical.statusCode).toBe(204);
    expect(await angry()).toEqual([]); // typical songs are known already and never offered
    // What was found wrong for a mood is not offered for it again.
    const offered = async (): Promise<string[]> =>
      ((await post('/recommendations', { mood: 'sad' })).json().songs as { song: { id: string } }[]).map(
        ({ song }) => song.id,
      );
    const [wrong] = await offered();
    await post('/feedback', { songId: wrong, kind: 'not-my-mood', mood: 'sad' });
    expect(await offered()).not.toContain(wrong);
    expect((await ask({ url: `${API_PREFIX}/songs?text=own&limit=2&order=artist` })).json()).toMatchObject({
      songs: [{ artist: 'Own Four' }, { artist: 'Own One' }],
      next: expect.any(String),
    });
  });
});

describe('what cannot be answered', () => {
  test.each([
    [
      'no JSON',
      { method: 'POST', url: '/feedback', payload: '{', headers: { 'content-type': 'application/json' } },
      400,
      'api/json',
    ],
    ['another field', { method: 'POST', url: '/feedback', payload: { songId: 'a', kind: 'love' } }, 400, 'api/invalid'],
    [
      'another type',
      { method: 'POST', url: '/feedback', payload: 'a', headers: { 'content-type': 'text/plain' } },
      415,
      'api/media-type',
    ],
    [
      'a megabyte',
      { method: 'POST', url: '/feedback', payload: { songId: 'x'.repeat(2_000_000) } },
      413,
      'api/too-large',
    ],
    ['a limit', { method: 'GET', url: '/songs?limit=5000' }, 400, 'api/invalid'],
    ['a cursor', { method: 'GET', url: '/songs?cursor=x' }, 400, 'store/cursor'],
    ['a song', { method: 'GET', url: '/songs/no%2Fsong' }, 404, 'store/no-song'],
    ['a path', { method: 'GET', url: '/nothing' }, 404, 'server/not-found'],
    [
      'a line',
      { method: 'POST', url: '/songs', payload: '{"id":1}\n', headers: { 'content-type': 'application/x-ndjson' } },
      400,
      'api/line',
    ],
    ['erasing by mistake', { method: 'DELETE', url: '/data', payload: {} }, 400, 'api/invalid'],
    ['no mood', { method: 'POST', url: '/recommendations', payload: { mood: 'joy' } }, 400, 'api/invalid'],
  ] as const)('%s is a problem document', async (_, options, status, code) => {
    const answer = await ask({ ...options, url: `${API_PREFIX}${options.url}` } as InjectOptions);
    expect([answer.statusCode, answer.json().code], answer.body).toEqual([status, code]);
    expect(answer.json()).toMatchObject({ status, type: `urn:attune:problem:${code}` });
  });

  test('pages of other origins may neither write nor read', async () => {
    const add = (headers: Record<string, string>) =>
      ask({ method: 'POST', url: `${API_PREFIX}/feedback`, payload: { songId: 'a/b', kind: 'like' }, headers });
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'http://localhost:9999' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      expect((await add(headers as Record<string, string>)).json()).toMatchObject({
        status: 403,
        code: 'server/origin',
      });
      expect((await ask({ url: `${API_PREFIX}/data`, headers })).statusCode).toBe(403);
    }
    expect((await add({ host: 'evil.example', origin: 'http://evil.example' })).json().code).toBe('server/host');
    expect((await add({ origin: 'http://localhost', 'sec-fetch-site': 'same-origin' })).statusCode).toBe(204);
    expect((await add({})).statusCode).toBe(204);
    // Following a link to the page from elsewhere is no such thing.
    const link = await ask({ url: '/', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } });
    expect(link.statusCode).not.toBe(403);
  });

  test('other machines cannot take, change or erase what is kept', async () => {
    for (const route of Object.values(ROUTES).filter((one) => 'localOnly' in one)) {
      const answer = await ask({
        method: route.method,
        url: `${API_PREFIX}${route.path.replaceAll(/\{\w+\}/g, 'x')}`,
        remoteAddress: '192.168.1.9',
      });
      expect([answer.statusCode, answer.json().code], route.path).toEqual([403, 'server/not-here']);
    }
    expect((await ask({ url: `${API_PREFIX}/songs`, remoteAddress: '192.168.1.9' })).statusCode).toBe(200);
    // A proxy on this machine asks for somebody else.
    for (const headers of [{ 'x-forwarded-for': '203.0.113.7' }, { forwarded: 'for=203.0.113.7' }]) {
      expect((await ask({ url: `${API_PREFIX}/data`, headers })).json().code).toBe('server/not-here');
      expect((await ask({ url: `${API_PREFIX}/health`, headers })).json().here).toBe(false);
    }
  });

  test('a damaged folder is told at every question, and the page goes on', async () => {
    const dataDir = join(folder, 'damaged');
    mkdirSync(dataPaths(dataDir).database, { recursive: true });
    writeFileSync(join(dataPaths(dataDir).database, 'PG_VERSION'), '18\n');
    const damaged = await createApp({ logLevel: 'silent', store: { dataDir } });
    for (let n = 0; n < 2; n++) {
      const answer = await damaged.inject({ url: `${API_PREFIX}/songs`, headers: { host: 'localhost' } });
      expect([answer.statusCode, answer.json().code]).toEqual([503, 'store/damaged']);
    }
    const base = await listen(damaged);
    const table = Buffer.from('title,artist,emotion,tags\nA,B,sad,piano\n');
    await expectProblem(await upload('/jobs/file', table, { name: 'a.csv', base }), 503, 'store/damaged');
    expect(existsSync(dataPaths(dataDir).uploads)).toBe(false);
    const health = await damaged.inject({ url: `${API_PREFIX}/health`, headers: { host: 'localhost' } });
    expect(health.json()).toMatchObject({ status: 'ok', store: 'closed' });
    await damaged.close();
  });
});

describe('the documentation', () => {
  test('names every path, in OpenAPI 3.1', async () => {
    const document = (await ask({ url: `${API_PREFIX}/openapi.json` })).json() as {
      openapi: string;
      paths: Record<
        string,
        Record<string, { operationId: string; parameters: { name: string; in: string; required: boolean }[] }>
      >;
    };
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(ROUTES).sort());
    expect(document.paths[`${API_PREFIX}/songs/{id}`]?.get?.parameters).toEqual([
      expect.objectContaining({ name: 'id', in: 'path', required: true }),
    ]);
    expect(document.paths[`${API_PREFIX}/songs`]?.get?.parameters).toContainEqual(
      expect.objectContaining({ name: 'limit', in: 'query', required: false }),
    );
  });

  test('tells of each path which problems it may answer with', async () => {
    const page = (await ask({ url: '/api/docs' })).body;
    const told = (name: string): string =>
      page.slice(page.indexOf(`<section id="${name}">`)).split('</section>')[0] ?? '';
    for (const code of ['upload/no-file', 'upload/slow', 'photo/heic', 'server/busy'])
      expect(told('readPhoto')).toContain(code);
    for (const code of ['store/newer', 'store/in-use', 'store/read-only', 'server/not-here', 'api/json'])
      expect(told('setSetting')).toContain(code);
    expect(told('health')).not.toContain('store/');
  });

  test('as a page runs nothing', async () => {
    const page = await ask({ url: '/api/docs' });
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).not.toContain('unsafe-inline');
    expect(page.body).not.toMatch(/<script|<style| style=| on\w+=/);
    for (const { method, path } of Object.values(ROUTES)) expect(page.body).toContain(`${method} ${API_PREFIX}${path}`);
    expect((await ask({ url: '/api/docs/style.css' })).headers['content-type']).toContain('text/css');
  });
});

/** Of a PNG's chunk. */
const crc32 = (bytes: Uint8Array): number => {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
};
