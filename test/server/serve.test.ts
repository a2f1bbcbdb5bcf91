/** The server as people run it: killed in the middle of writes, twice on one folder, beside the command line, over HTTPS. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packagePath } from '../../node/package-root.ts';

const program = packagePath('dist', 'cli', 'main.js');
let folder = '';
let servers: ChildProcess[] = [];
const environment = () => {
  const { DATABASE_URL: _, ...rest } = process.env;
  return { ...rest, ATTUNE_DATA_DIR: join(folder, 'data') };
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-serve-'));
});
afterEach(() => {
  for (const server of servers) server.kill('SIGKILL');
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

const start = async (...args: string[]): Promise<{ server: ChildProcess; url: string }> => {
  const server = spawn(process.execPath, [program, 'serve', '--no-open', '--port', '0', ...args], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  servers.push(server);
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    server.stdout?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      const found = /ready at (\S+) /.exec(text)?.[1];
      if (found) resolve(found);
    });
    server.on('exit', (code) => reject(new Error(`The server ended with ${code}: ${text}`)));
  });
  return { server, url };
};
const attune = (...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { env: environment(), encoding: 'utf8' });
const songLine = (n: number): string =>
  `${JSON.stringify({ id: `killed/song-${n}`, title: `Song ${n}`, artist: 'Killed', emotion: 'sad', lyrics: 'la '.repeat(300) })}\n`;
const addSong = (url: string, n: number): Promise<Response> =>
  fetch(`${url}/api/v1/songs`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: songLine(n),
  });

describe('attune serve', () => {
  test('killed in the middle of writes has everything it acknowledged when it starts again', async () => {
    const acknowledged: number[] = [];
    let next = 0;
    for (const until of [30, 80]) {
      const { server, url } = await start();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      // Four clients at once, each writing until the server is gone.
      const client = async (): Promise<void> => {
        for (;;) {
          const n = next++;
          const answer = await addSong(url, n).catch(() => undefined);
          if (answer?.status !== 200) return;
          await answer.json();
          acknowledged.push(n);
          if (acknowledged.length >= until) server.kill('SIGKILL');
        }
      };
      await Promise.all([client(), client(), client(), client()]);
      await ended;
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(80);
    const { url } = await start();
    const there = new Set<string>();
    for await (const line of (await (await fetch(`${url}/api/v1/data/export`)).text()).split('\n')) {
      const record =
        line === '' ? undefined : (JSON.parse(line) as { kind: string; song?: { id: string; lyrics: string } });
      if (record?.song?.lyrics.length === 900) there.add(record.song.id);
    }
    expect(acknowledged.filter((n) => !there.has(`killed/song-${n}`))).toEqual([]);
  });

  test('owns its folder: a second server is sent to it, and the command line beside it asks it', async () => {
    const { server, url } = await start();
    expect((await addSong(url, 1)).status).toBe(200);
    const second = attune('serve', '--no-open', '--port', '0');
    expect(second.status).toBe(1);
    expect(second.stderr).toMatch(new RegExp(`^attune: Another Attune \\(process ${server.pid}\\) .*open ${url}`));
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(attune('data', 'where', '--json').stdout)).toMatchObject({ engine: 'pglite', songs: 1 });
    const file = join(folder, 'all.ndjson');
    expect(attune('data', 'export', file).stdout).toContain('3 records');
    expect(attune('data', 'import', file).stdout).toContain('  1 song, 0 sound vectors\n');
    expect(readFileSync(file, 'utf8')).toContain('"id":"killed/song-1"');
    expect(attune('recommend', '--mood', 'sad', '--goal', 'match', '--count', '500').stdout).toContain(
      'Song 1 - Killed',
    );
    expect(attune('data', 'erase', '--yes').status).toBe(0);
    expect(await (await fetch(`${url}/api/v1/songs/counts`)).json()).toMatchObject({ total: 0 });
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    expect(await ended).toBe(0);
    // Nobody has the folder now: the command line opens it itself.
    expect(JSON.parse(attune('data', 'where', '--json').stdout)).toMatchObject({ songs: 0 });
  });

  test('goes beyond this machine over HTTPS alone', async () => {
    const refused = attune('serve', '--no-open', '--host', '0.0.0.0', '--port', '0');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('--cert');
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    try {
      const options = [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ];
      execFileSync('openssl', [...options, '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'pipe' });
    } catch {
      console.warn('No openssl here: serving over HTTPS is not tried.');
      return;
    }
    expect(attune('serve', '--no-open', '--cert', cert).stderr).toContain('--key');
    const swapped = attune('serve', '--no-open', '--cert', key, '--key', cert);
    expect([swapped.status, swapped.stderr]).toEqual([2, expect.stringContaining('belong together')]);
    const elsewhere = attune('serve', '--no-open', '--host', '203.0.113.7', '--cert', cert, '--key', key);
    expect([elsewhere.status, elsewhere.stderr]).toEqual([2, expect.stringContaining('no address of this machine')]);
    const { url } = await start('--host', '0.0.0.0', '--cert', cert, '--key', key);
    expect(url).toMatch(/^https:\/\/localhost:\d+$/);
    const status = await new Promise<string>((resolve, reject) => {
      get(`${url}/api/v1/health`, { rejectUnauthorized: false }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        answer.on('end', () => resolve((JSON.parse(text) as { status: string }).status));
      }).on('error', reject);
    });
    expect(status).toBe('ok');
    // Beside it the command line does not stumble over a certificate nobody vouches for.
    expect(attune('data', 'export').stdout).toContain('"kind":"attune"');
  });
});
