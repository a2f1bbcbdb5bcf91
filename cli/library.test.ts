/** The library's commands as people and programs run them: in a pipe, with files that do not fit, one after the other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../server/app.ts';
import { claimFolder, openStore } from '../server/store/open-store.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-library-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const run = (...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } => {
  const { DATABASE_URL: _url, LASTFM_API_KEY: _key, ...environment } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', 'library', ...args], {
    env: { ...environment, ATTUNE_DATA_DIR: join(folder, 'data') },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return { child, ended };
};
const attune = (...args: readonly string[]): Promise<Ended> => run(...args).ended;

describe('attune library', () => {
  it('adds a table by named columns, tells bad rows, lists, counts and exports', async () => {
    const table = join(folder, 'mine.csv');
    writeFileSync(table, 'Werk;Wer;Stimmung;Worte\n=1+1;Björk;sad;sad|slow\nZwei;Björk;happy;\n;Niemand;;\n');
    const columns = [
      '--columns',
      'title=Werk',
      '--columns',
      'artist=Wer',
      '--columns',
      'emotion=Stimmung',
      '--columns',
      'tags=Worte',
    ];
    const added = await attune('add', table, ...columns);
    expect(added).toMatchObject({ code: 0, out: `${table}: 2 new, 0 known.\n` });
    expect(added.err).toContain(`${table}, row 4: title and artist must both be there.`);

    const list = await attune('list', '--json', '--emotion', 'sad');
    expect(JSON.parse(list.out)).toMatchObject({
      total: 1,
      songs: [{ title: '=1+1', artist: 'Björk', tags: ['sad', 'slow'] }],
    });
    expect((await attune('list')).out).toBe('Björk\t=1+1\tsad 80 %\tsad;slow\nBjörk\tZwei\thappy 80 %\t\n');
    const counts = JSON.parse((await attune('emotions', '--json')).out);
    expect(counts).toMatchObject({ total: 2, byEmotion: { sad: 1, happy: 1, fear: 0 } });

    const file = join(folder, 'out.csv');
    expect(await attune('export', file, '--emotion', 'sad')).toMatchObject({
      code: 0,
      out: `1 song in ${file}.\n`,
    });
    expect(readFileSync(file, 'utf8')).toContain("'=1+1,Björk");
    const jobs = JSON.parse((await attune('jobs', '--json')).out);
    expect(jobs.jobs).toMatchObject([{ kind: 'add', state: 'done', problemCount: 1 }]);
  }, 180_000);

  it('finds the songs that sound most like one, named by title, by both names or by id', async () => {
    const store = await openStore({ dataDir: join(folder, 'data') });
    const plain = { language: '', year: undefined, emotion: 'sad', tags: [], typical: false, evidence: [] } as const;
    await store.importSongs([
      { ...plain, id: 'sound/one', artist: 'Ära', title: 'One' },
      { ...plain, id: 'sound/two', artist: 'Ära', title: 'Two' },
      { ...plain, id: 'other/two', artist: 'Other', title: 'Two' },
    ]);
    await store.putVectors([
      { songId: 'sound/one', model: 'm', vector: [1, 0] },
      { songId: 'sound/two', model: 'm', vector: [1, 1] },
      { songId: 'other/two', model: 'm', vector: [-1, 0] },
    ]);
    await store.close();
    const wanted = '0.707\tÄra\tTwo\tsound/two\n-1.000\tOther\tTwo\tother/two\n';
    expect(await attune('similar', 'one')).toMatchObject({ code: 0, out: wanted });
    expect(await attune('similar', 'sound/one', '--limit', '1')).toMatchObject({ code: 0, out: wanted.split('-')[0] });
    const found = JSON.parse((await attune('similar', 'other - two', '--json')).out);
    expect(found).toMatchObject({ song: { id: 'other/two' }, model: 'm', songs: [{ song: { id: 'sound/two' } }, {}] });
    const two = await attune('similar', 'Two');
    expect(two).toMatchObject({ code: 2, out: '' });
    expect(two.err).toContain('"Two" fits 2 songs: name one by its id, "other/two", "sound/two".');
    const silent = await attune('similar', 'Zwei');
    expect(silent).toMatchObject({ code: 1, out: '' });
    expect(silent.err).toContain('run "attune library analyse"');
  }, 180_000);

  it('hands its jobs to a server that has the library open; Ctrl+C leaves them there', async () => {
    const dataDir = join(folder, 'data');
    const lock = claimFolder(dataDir);
    const app = await createApp({ logLevel: 'silent', store: { dataDir, lock } });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    lock.announce(url);
    const jobs = async (): Promise<{ state: string; result?: { added: number } }[]> =>
      ((await (await fetch(`${url}/api/v1/jobs`)).json()) as { jobs: [] }).jobs;
    try {
      const table = join(folder, 'many.csv');
      const rows = Array.from({ length: 30_000 }, (_, n) => `Title ${n},Artist ${n % 500}`);
      writeFileSync(table, ['title,artist', ...rows].join('\n'));
      const before = (await jobs()).length;
      const { child, ended } = run('add', table);
      await expect.poll(async () => (await jobs())[0]?.state, { timeout: 60_000, interval: 20 }).toBe('running');
      child.kill('SIGINT');
      const left = await ended;
      expect(left).toMatchObject({ code: 1, out: '' });
      expect(left.err).toContain(`The Attune at ${url} goes on with it`);
      await expect.poll(async () => (await jobs())[0]?.state, { timeout: 60_000 }).toBe('done');
      expect((await jobs())[0]?.result?.added).toBe(30_000);
      expect(await jobs()).toHaveLength(before + 1);
      expect((await attune('jobs')).out).toContain('add done 30000 of 30000');
    } finally {
      await app.close();
      lock.release();
    }
  }, 180_000);

  it('says what is wrong, on standard error, with the code that goes with it', async () => {
    const cases: readonly [readonly string[], number, string][] = [
      [['add', join(folder, 'none.csv')], 2, 'There is no file or folder'],
      [['add', 'http://127.0.0.1/list'], 2, 'only public addresses are fetched'],
      [['complete', '--from', 'nobody'], 2, '"nobody" is no source'],
      [['export', join(folder, 'out.doc')], 2, 'does not end in a format'],
    ];
    for (const [args, code, message] of cases) {
      const result = await attune(...args);
      expect([args, result.code, result.out]).toEqual([args, code, '']);
      expect(result.err).toContain(message);
    }
  }, 180_000);
});
