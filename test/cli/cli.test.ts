/** The built `attune` command, as a person or a program runs it. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { findProgram } from '../../node/find-program.ts';
import { packagePath } from '../../node/package-root.ts';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { dataPath, lacksData, needsData } from '../data.ts';
import { untrainedExpressionModel } from '../face/untrained-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const COMMAND = packagePath('dist', 'cli', 'main.js');
const PHOTO = packagePath('node_modules', '@vladmandic', 'face-api', 'demo', 'sample1.jpg');

/** Models that are always and never sure, whatever the face: what the trained one says is tested elsewhere. */
const sureModel = put('sure.onnx', untrainedExpressionModel({ metadata: { 'attune.threshold': '0' } }));
const unsureModel = put('unsure.onnx', untrainedExpressionModel({ metadata: { 'attune.threshold': '1' } }));
const library = put(
  'library.csv',
  `title,artist,year,language,emotion,tags,typical\n${EMOTIONS.flatMap((emotion) =>
    Array.from(
      { length: 30 },
      (_, n) =>
        `我的 ${emotion} ${n},Singer ${n % 7},2001,zh,${emotion},${n % 2 ? 'happy;pop' : 'calm;pop'},${n < 3 ? 1 : ''}`,
    ),
  ).join('\n')}\n`,
);

/** What is kept lies in a folder of these tests, not in the person's own. */
const keptIn = (name: string): NodeJS.ProcessEnv => {
  const { DATABASE_URL: _, ...environment } = process.env;
  return { ...environment, ATTUNE_DATA_DIR: join(folder, name) };
};
const attune = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: 'utf8',
    cwd: folder,
    env: keptIn('data'),
  });
  return { code: status, stdout, stderr };
};
const errorOf = (stderr: string): { code: string; message: string } => JSON.parse(stderr).error;

describe('recommend', () => {
  test('a photo gives the mood, the faces and 20 songs with reasons and links', () => {
    const { code, stdout, stderr } = attune(
      'recommend',
      PHOTO,
      '--model',
      sureModel,
      '--library',
      library,
      '--format',
      'json',
    );
    expect([code, stderr]).toEqual([0, '']);
    const answer = JSON.parse(stdout);
    expect(Object.keys(answer)).toEqual(['mood', 'faces', 'goal', 'method', 'songs', 'path']);
    expect(answer.path.songs).toHaveLength(20);
    expect(EMOTIONS).toContain(answer.mood.emotion);
    expect(answer.mood.certain).toBe(true);
    expect(Object.keys(answer.mood.scores)).toEqual([...EMOTIONS]);
    expect(answer.faces.length).toBeGreaterThanOrEqual(1);
    expect(answer.faces[0].box.width).toBeGreaterThan(40);
    expect(answer.songs).toHaveLength(20);
    for (const song of answer.songs) {
      expect(Object.keys(song)).toEqual(['title', 'artist', 'score', 'why', 'link']);
      expect(song.why.length).toBeGreaterThan(0);
      expect(song.link).toMatch(/^https:\/\/www\.youtube\.com\/results\?search_query=/);
    }
  });

  test('a mood picked by hand needs no photo; the goal and the count are those asked for', () => {
    const { code, stdout } = attune(
      'recommend',
      '--mood',
      'sad',
      '--goal',
      'calm',
      '--count',
      '5',
      '--library',
      library,
      '--json',
    );
    expect(code).toBe(0);
    const { mood, faces, goal, songs } = JSON.parse(stdout);
    expect([mood.emotion, mood.certain, faces, goal, songs.length]).toEqual(['sad', true, [], 'calm', 5]);
  });

  test('text in a pipe holds every song whole, with its link and no control characters', () => {
    const { code, stdout, stderr } = attune('recommend', '--mood', 'happy', '--library', library);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe('Mood: happy, picked by hand. Goal: match.');
    expect(lines[20]).toMatch(/^20 {2}我的 \w+ \d+ - Singer \d {2}\(.+\) {2}https:/);
    expect([...stdout].filter((char) => char < ' ' && char !== '\n')).toEqual([]);
  });

  test.each([
    ['m3u8', /^#EXTM3U\n/],
    ['xspf', /^<\?xml/],
    ['jspf', /^\{\n/],
    ['csv', /^title,artist/],
  ])('%s is printed as it is', (format, start) => {
    const { code, stdout } = attune('recommend', '--mood', 'happy', '--library', library, '--format', format);
    expect(code).toBe(0);
    expect(stdout).toMatch(start);
  });

  test('--json FILE writes the file and leaves the text on the screen', () => {
    const file = join(folder, 'songs.json');
    const { code, stdout } = attune('recommend', '--mood', 'happy', '--library', library, '--json', file);
    expect(code).toBe(0);
    expect(stdout).toContain('Mood: happy');
    expect(JSON.parse(readFileSync(file, 'utf8')).songs).toHaveLength(20);
  });

  test('--json FILE in a folder that is not there is refused before the work', () => {
    const { code, stderr } = attune(
      'recommend',
      '--mood',
      'happy',
      '--library',
      library,
      '--json',
      'nowhere/songs.json',
    );
    expect([code, errorOf(stderr).code]).toEqual([2, 'cli/cannot-write']);
  });

  test('--json before a photo never writes over the photo', () => {
    const photo = put('mine.jpg', readFileSync(PHOTO));
    const { code, stdout } = attune('recommend', '--json', photo, '--model', sureModel, '--library', library);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).songs).toHaveLength(20);
    expect(readFileSync(photo)).toEqual(readFileSync(PHOTO));
  });

  test('an unsure reading is no answer: it names the two likeliest and the way to pick by hand', () => {
    const { code, stdout, stderr } = attune('recommend', PHOTO, '--model', unsureModel, '--library', library, '--json');
    expect([code, stdout]).toEqual([1, '']);
    expect(errorOf(stderr).code).toBe('mood/unsure');
    expect(errorOf(stderr).message).toMatch(/^Not sure: \w+ \(\d+ %\) or \w+ \(\d+ %\), .*--mood \w+"\.$/);
  });

  test('a picture without a face is no answer', async () => {
    const meadow = await sharp({ create: { width: 400, height: 300, channels: 3, background: 'green' } })
      .jpeg()
      .toBuffer();
    const { code, stdout, stderr } = attune(
      'recommend',
      put('meadow.jpg', meadow),
      '--model',
      sureModel,
      '--format',
      'json',
    );
    expect([code, stdout]).toEqual([1, '']);
    expect(errorOf(stderr).code).toBe('face/none');
  });
});

describe('bad use exits with 2, says what to do, and prints nothing else', () => {
  test.each([
    [['frobnicate'], 'Unknown command'],
    [['recommend'], 'Give a photo or video, or pick a mood'],
    [['recommend', 'a.jpg', '--mood', 'happy'], 'not both'],
    [['recommend', '--mood', 'cheesy'], 'choose angry, disgust, fear, happy, sad, surprise, neutral'],
    [['recommend', '--mood', 'happy', '--count', '0'], '--count takes a whole number from 1'],
    [['recommend', '--mood', 'happy', '--goal', 'dance'], 'Allowed choices are match, lift, calm'],
    [['recommend', '--mood', 'happy', '--formt', 'csv'], 'Did you mean --format'],
    [['recommend', '--mood', 'happy', '--extend'], '--extend needs --library'],
    [['recommend', '--mood', 'happy', '--library', 'nowhere.csv'], 'There is no file nowhere.csv'],
    [['read'], 'Missing required argument'],
    [['read', 'nowhere.jpg'], 'There is no file "nowhere.jpg"'],
    [['read', '.'], 'is no file'],
    [['serve', '--port', 'http'], '--port takes a number'],
    [['train', 'compact'], '--data'],
  ])('attune %j', (args, sentence) => {
    const text = attune(...args);
    expect(text.code).toBe(2);
    expect(text.stdout).toBe('');
    expect(text.stderr).toContain(sentence);
    const asJson = attune(...args, '--json=-');
    expect(asJson.code).toBe(2);
    expect(errorOf(asJson.stderr).message).toContain(sentence);
  });
});

describe('read', () => {
  test('several files: each is answered, each failure told, the worst decides the exit code', () => {
    const text = put('text.jpg', 'this is no photo');
    const { code, stdout, stderr } = attune('read', PHOTO, text, '--model', sureModel, '--json');
    expect(code).toBe(2);
    expect(errorOf(stderr)).toMatchObject({ code: 'photo/unreadable', message: expect.stringContaining('text.jpg') });
    const { files } = JSON.parse(stdout);
    expect(files[0]).toMatchObject({ file: PHOTO, kind: 'photo', frames: 1, mood: { certain: true } });
    expect(files[1]).toMatchObject({ file: text, error: { code: 'photo/unreadable' } });
  });

  test('an unsure reading is shown as unsure', () => {
    const { code, stdout } = attune('read', PHOTO, '--model', unsureModel);
    expect(code).toBe(0);
    expect(stdout).toMatch(/sample1\.jpg: not sure: \w+ \(\d+ %\) or \w+ \(\d+ %\)/);
  });

  test('an animated GIF is read frame by frame', async () => {
    const frame = await sharp(PHOTO).resize(400).png().toBuffer();
    const dark = await sharp(PHOTO).resize(400).modulate({ brightness: 0.8 }).png().toBuffer();
    const gif = await sharp([frame, dark], { join: { animated: true } })
      .gif({ delay: [600, 600] })
      .toBuffer();
    const { code, stdout } = attune('read', put('two.gif', gif), '--model', sureModel, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).files[0]).toMatchObject({ kind: 'animation', frames: 2 });
  });

  test.skipIf(findProgram('ffmpeg') === undefined)('a video is read over its frames (needs ffmpeg)', () => {
    const video = join(folder, 'clip.mp4');
    const input = ['-loop', '1', '-i', PHOTO, '-t', '2', '-vf', 'scale=640:-2', '-pix_fmt', 'yuv420p', '-c:v', 'mpeg4'];
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, video]);
    const { code, stdout } = attune('read', video, '--model', sureModel, '--json');
    expect(code).toBe(0);
    const [clip] = JSON.parse(stdout).files;
    expect(clip).toMatchObject({ kind: 'video', frames: 4 });
    expect(clip.faces[0].frames).toBe(4);
  });
});

describe('bad input: a sentence with the way out, and the process ends in order', () => {
  const jpeg = readFileSync(PHOTO);
  /** A PNG that says it has 30,000 x 30,000 pixels and holds next to none. */
  const bomb = async (): Promise<Buffer> => {
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    png.writeUInt32BE(30_000, 16);
    png.writeUInt32BE(30_000, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    return png;
  };
  const crc32 = (bytes: Uint8Array): number => {
    let crc = 0xffffffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return (crc ^ 0xffffffff) >>> 0;
  };
  test.each([
    ['empty.jpg', () => Buffer.alloc(0), 2, 'photo/unreadable', '0 bytes'],
    ['cut.jpg', () => jpeg.subarray(0, jpeg.length / 2), 2, 'photo/unreadable', 'cut short'],
    ['text.jpg', () => Buffer.from('hello\n'), 2, 'photo/unreadable', 'JPEG'],
    ['bomb.png', bomb, 2, 'photo/too-large', '30000 x 30000'],
    ['empty.mp4', () => Buffer.alloc(0), 2, 'photo/unreadable', '0 bytes'],
    [
      'one.png',
      () =>
        sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
      1,
      'face/none',
      '1 x 1',
    ],
  ])('%s', async (name, make, exitCode, errorCode, words) => {
    const { code, stdout, stderr } = attune('recommend', put(name, await make()), '--model', sureModel, '--json');
    expect([code, stdout]).toEqual([exitCode, '']);
    expect(errorOf(stderr).code).toBe(errorCode);
    expect(errorOf(stderr).message).toContain(words);
  });

  test.each([
    ['labels', { 'attune.labels': 'anger,disgust,fear,happiness,sadness,surprise,neutral' }, 'model/labels'],
    ['task', { 'attune.task': 'age' }, 'model/task'],
  ])('a model with another %s', (name, metadata, errorCode) => {
    const model = put(`${name}.onnx`, untrainedExpressionModel({ metadata }));
    const { code, stderr } = attune('read', PHOTO, '--model', model, '--json');
    expect([code, errorOf(stderr).code]).toEqual([2, errorCode]);
  });

  test('a damaged model', () => {
    const { code, stderr } = attune(
      'read',
      PHOTO,
      '--model',
      put('bad.onnx', readFileSync(sureModel).subarray(0, 900)),
      '--json',
    );
    expect([code, errorOf(stderr).code]).toEqual([2, 'model/damaged']);
  });

  test('a library with an unknown tag names the row', () => {
    const bad = put('bad.csv', readFileSync(library, 'utf8').replace('happy;pop', 'happy;polkadot'));
    const { code, stderr } = attune('recommend', '--mood', 'happy', '--library', bad, '--json');
    expect([code, errorOf(stderr).code]).toEqual([2, 'catalogue/invalid']);
    expect(errorOf(stderr).message).toMatch(/row 3.*polkadot/s);
  });
});

test('help has examples, and a reader that stops early is no error', () => {
  for (const command of ['--help', 'read', 'recommend', 'serve', 'train', 'evaluate', 'doctor']) {
    const { code, stdout } = attune(command, ...(command === '--help' ? [] : ['--help']));
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  }
  if (process.platform === 'win32') return;
  const line = `"${process.execPath}" "${COMMAND}" recommend --mood sad --count 60 --library "${library}" --json; echo "code $?" >&2`;
  const { stdout, stderr } = spawnSync('sh', ['-c', `(${line}) | head -n 1`], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['{\n', 'code 0\n']);
});

describe('serve', () => {
  const start = async (...args: readonly string[]): Promise<{ url: string; stop(): Promise<number | null> }> => {
    const child = spawn(process.execPath, [COMMAND, 'serve', '--no-open', '--json', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // A server owns its folder: the commands beside it here have another.
      env: keptIn('served'),
    });
    let text = '';
    for await (const chunk of child.stdout) {
      text += chunk;
      if (text.includes('}')) break;
    }
    return {
      url: JSON.parse(text).url,
      stop: () =>
        new Promise((resolve) => {
          child.once('exit', (code) => resolve(code));
          child.kill('SIGTERM');
        }),
    };
  };

  test('prints its address, answers there, and ends in order when told to', async () => {
    const server = await start('--port', '0');
    expect(await (await fetch(`${server.url}/api/v1/health`)).json()).toMatchObject({
      status: 'ok',
      files: { page: true },
    });
    expect(await server.stop()).toBe(0);
  });

  test('a port that is taken is a clear error', async () => {
    const server = await start('--port', '0');
    const port = new URL(server.url).port;
    const { code, stderr } = attune('serve', '--no-open', '--port', port);
    await server.stop();
    expect([code, stderr]).toEqual([
      1,
      `attune: Port ${port} on 127.0.0.1 is taken by another program: choose another with --port, or leave --port out and a free one is found.\n`,
    ]);
  });
});

describe('train and evaluate', () => {
  const name = `a smoke run trains, refuses to start over, goes on, and its model is measured ${needsData('fer2013')}`;
  test.skipIf(lacksData('fer2013'))(name, { timeout: 300_000 }, () => {
    const data = dataPath('fer2013');
    const run = ['train', 'smoke', '--data', data, '--out', 'run', '--set', 'limit=300', '--json'];
    const trained = attune(...run);
    expect([trained.code, trained.stderr]).toEqual([0, '']);
    const { modelPath } = JSON.parse(trained.stdout);
    const again = attune(...run);
    expect([again.code, errorOf(again.stderr).code]).toEqual([2, 'train/out-used']);
    expect(attune(...run, '--resume').code).toBe(0);

    const measured = attune(
      'evaluate',
      'expression',
      '--data',
      data,
      '--split',
      'public',
      '--model',
      modelPath,
      '--json',
    );
    expect([measured.code, measured.stderr]).toEqual([0, '']);
    const report = JSON.parse(measured.stdout);
    expect(report).toMatchObject({ task: 'expression', dataset: { split: 'public', count: 3589 }, seed: 1 });
    for (const rate of ['accuracy', 'macroF1', 'uar', 'ece']) {
      expect(report[rate]).toBeGreaterThanOrEqual(0);
      expect(report[rate]).toBeLessThanOrEqual(1);
    }
    const text = attune('evaluate', 'expression', '--data', data, '--split', 'public', '--model', modelPath);
    expect(text.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test.each([
    [['train', 'smokey', '--data', '.'], 'recipe/unknown'],
    [['train', 'smoke', '--data', 'nowhere'], 'data/missing'],
    [['train', 'smoke', '--data', '.', '--set', 'epoch=1'], 'recipe/setting'],
    [['evaluate', 'expression', '--data', 'nowhere', '--split', 'public', '--model', sureModel], 'data/missing'],
    [['evaluate', 'expression-baselines', '--data', 'nowhere', '--split', 'public'], 'data/missing'],
    [['evaluate', 'age', '--data', '.', '--split', 'public'], 'cli/usage'],
    [['evaluate', 'expression', '--data', '.', '--split', 'secret'], 'cli/usage'],
  ])('attune %j is refused as %s', (args, errorCode) => {
    const { code, stdout, stderr } = attune(...args, '--json=-');
    expect([code, stdout, errorOf(stderr).code]).toEqual([2, '', errorCode]);
  });
});

test('doctor tells each check by name, as text and as JSON', () => {
  const { checks } = JSON.parse(attune('doctor', '--json').stdout) as { checks: { name: string; state: string }[] };
  const names = [
    'Node',
    'inference',
    'face detector',
    'expression model',
    'songs',
    'page',
    'videos',
    'browser',
    'WebGPU',
  ];
  for (const name of names) expect(checks.map((check) => check.name)).toContain(name);
  for (const { state } of checks) expect(['ok', 'absent', 'missing']).toContain(state);
});
