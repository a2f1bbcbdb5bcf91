/** What can happen to a data folder: killed in the middle, taken, read-only, full, damaged, older, newer. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packagePath } from '../../node/package-root.ts';
import { plainSong } from '../../test/library/plain-song.ts';
import { dataFolder, dataPaths } from './data-folder.ts';
import { lockFolder, readOwner } from './folder-lock.ts';
import { readMigrations } from './migrate.ts';
import { claimFolder, openStore } from './open-store.ts';
import type { NewSong } from './store.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const song = (n: number, lyrics?: string): NewSong =>
  plainSong('A', `${n}`, { emotion: 'sad', ...(lyrics !== undefined && { lyrics }) });
const startWriter = () =>
  spawn(process.execPath, ['--import', 'tsx', packagePath('test', 'store-writer.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

describe('the folder', () => {
  test.each([
    ['linux', { ATTUNE_DATA_DIR: '/data/mine', XDG_DATA_HOME: '/x' }, '/data/mine'],
    ['linux', { XDG_DATA_HOME: '/x' }, '/x/attune'],
    ['linux', {}, '/home/me/.local/share/attune'],
    ['darwin', {}, '/home/me/Library/Application Support/attune'],
    ['win32', { LOCALAPPDATA: '/Local' }, '/Local/attune'],
  ] as const)('on %s with %o is %s', (platform, environment, expected) => {
    expect(dataFolder(environment, platform, '/home/me').replaceAll('\\', '/')).toBe(expected);
  });

  test('killed in the middle of writes, three times over, has all that it said was safe', async () => {
    const safe: string[] = [];
    for (const songs of [40, 25, 60]) {
      const writer = startWriter();
      let text = '';
      const seen = await new Promise<string[]>((resolve) => {
        writer.stdout.on('data', (bytes: Buffer) => {
          text += bytes.toString();
          if (text.split('\n').length > songs) writer.kill('SIGKILL');
        });
        writer.on('close', () => resolve(text.split('\n').slice(0, -1)));
      });
      expect(seen.length).toBeGreaterThanOrEqual(songs);
      safe.push(...seen);
    }
    const store = await openStore({ dataDir: folder });
    const lost = [];
    for (const id of safe) if ((await store.getSong(id))?.lyrics === undefined) lost.push(id);
    // One more than acknowledged may be there: written, and killed before it could say so.
    expect((await store.countSongs()).total).toBeLessThanOrEqual(safe.length + 3);
    await store.close();
    expect(lost).toEqual([]);
  });

  test('belongs to one process: another is told who has it', async () => {
    const lock = claimFolder(folder);
    const refused = (message: string) =>
      expect(openStore({ dataDir: folder })).rejects.toMatchObject({
        code: 'store/in-use',
        message: expect.stringContaining(message),
      });
    await refused(`process ${process.pid}`);
    lock.announce('http://127.0.0.1:8320');
    await refused('open http://127.0.0.1:8320');
    expect(readOwner(dataPaths(folder).lock)).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:8320' });
    lock.release();
    expect(readOwner(dataPaths(folder).lock)).toBeUndefined();
    lockFolder(dataPaths(folder).lock).release();
  });

  test('of a process that is gone is free again, even if its number is used anew', () => {
    const { lock } = dataPaths(folder);
    const gone = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    const own = JSON.parse(JSON.stringify({ pid: gone, host: 'elsewhere', started: '1' })) as object;
    const me = lockFolder(join(folder, 'other.lock'));
    const { host } = readOwner(join(folder, 'other.lock'))!;
    me.release();
    for (const owner of [{ ...own, host }, { pid: process.pid, host, started: '1' }, 'cut off {']) {
      writeFileSync(lock, typeof owner === 'string' ? owner : JSON.stringify(owner));
      lockFolder(lock).release();
    }
    writeFileSync(lock, JSON.stringify(own));
    expect(() => lockFolder(lock)).toThrow(expect.objectContaining({ code: 'store/in-use' }));
  });

  test('keeps its owner while that tells where it answers, even if it cannot', () => {
    const { lock } = dataPaths(folder);
    const held = lockFolder(lock);
    mkdirSync(`${lock}.${process.pid}`); // stands for a full disk
    expect(() => held.announce('http://127.0.0.1:1')).toThrow();
    expect(readOwner(lock)).toMatchObject({ pid: process.pid });
    held.announce('http://127.0.0.1:1');
    expect(readOwner(lock)).toMatchObject({ url: 'http://127.0.0.1:1' });
    held.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('erased while it is asked says so, and is whole and empty afterwards', async () => {
    const store = await openStore({ dataDir: folder });
    await store.importSongs([song(1)]);
    mkdirSync(dataPaths(folder).crawled);
    const erasing = store.eraseAll();
    await expect(store.countSongs()).rejects.toMatchObject({ code: 'store/erasing' });
    await expect(store.eraseAll()).rejects.toMatchObject({ code: 'store/erasing' });
    await erasing;
    expect(await store.countSongs()).toMatchObject({ total: 0 });
    expect(readdirSync(folder).sort()).toEqual(['store', 'store.json', 'store.lock']);
    await store.close();
  });

  test('that may not be written to is refused with the way out', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    if (process.getuid?.() === 0) {
      // Root may write anywhere but where the system itself is read-only.
      await expect(openStore({ dataDir: '/sys/attune' })).rejects.toMatchObject({
        code: 'store/read-only',
        message: expect.stringContaining('ATTUNE_DATA_DIR'),
      });
    } else {
      mkdirSync(join(folder, 'closed'), { mode: 0o500 });
      await expect(openStore({ dataDir: join(folder, 'closed') })).rejects.toMatchObject({ code: 'store/read-only' });
    }
  });

  test.each([
    [
      'its control file overwritten',
      (store: string) => writeFileSync(join(store, 'global', 'pg_control'), Buffer.alloc(8192, 7)),
    ],
    ['its tables cut short', (store: string) => cutTables(join(store, 'base'))],
    ['its version lost', (store: string) => rmSync(join(store, 'PG_VERSION'))],
  ])('damaged, %s, is refused with the way out', async (_, damage) => {
    const store = await openStore({ dataDir: folder });
    await store.close();
    damage(dataPaths(folder).database);
    await expect(openStore({ dataDir: folder })).rejects.toMatchObject({
      code: 'store/damaged',
      message: expect.stringContaining('attune data erase'),
    });
    expect(readOwner(dataPaths(folder).lock)).toBeUndefined();
  });

  test('on a disk that runs full keeps what it said was safe, and goes on once there is room', async (context) => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=180m', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      console.warn('A small disk cannot be mounted here: a full disk is not tried.');
      return context.skip();
    }
    try {
      const store = await openStore({ dataDir: join(disk, 'data') });
      const filler = join(disk, 'filler');
      let safe = 0;
      const fill = async (): Promise<void> => {
        for (;;) {
          const words = Array.from({ length: 2000 }, (_, n) => `${safe}-${n}`).join(' ');
          await store.importSongs(Array.from({ length: 100 }, (_, n) => song(safe + n, words)));
          safe += 100;
        }
      };
      writeFileSync(filler, Buffer.alloc(20 << 20));
      await expect(fill()).rejects.toMatchObject({ code: 'store/disk-full' });
      expect((await store.countSongs()).total).toBe(safe);
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(filler, Buffer.alloc(Math.max(20 << 20, bavail * bsize - (30 << 20))));
      await expect(store.setSetting('a', 1)).rejects.toMatchObject({ code: 'store/disk-full' });
      rmSync(filler);
      await store.setSetting('a', 1);
      await store.close();
    } finally {
      execFileSync('umount', ['-l', disk]); // PGlite keeps a handle open after it was closed
    }
  });
});

describe('an upgrade', () => {
  const shipped = readMigrations();
  const next = {
    version: shipped.length + 1,
    name: 'next',
    statements:
      "alter table songs add column mood_note text not null default 'none'; -- one; two\ncreate table more (id int);",
  };

  test('brings old tables up to date, keeps the data and a copy of it', async () => {
    const old = await openStore({ dataDir: folder });
    await old.importSongs([song(1)]);
    await old.close();
    const upgraded = await openStore({ dataDir: folder, migrations: [...shipped, next] });
    expect(await upgraded.getSong('a/1')).toMatchObject({ title: '1' });
    expect(await upgraded.describe()).toMatchObject({ schema: shipped.length + 1 });
    await upgraded.close();
    expect(readdirSync(dataPaths(folder).backups)).toEqual([
      expect.stringMatching(new RegExp(`^store-version-${shipped.length}-.*\\.tar\\.gz$`)),
    ]);

    // And back: the older Attune says that it cannot, before it opens the database and, without the marker, after.
    const newer = { code: 'store/newer', message: expect.stringContaining('update Attune') };
    await expect(openStore({ dataDir: folder })).rejects.toMatchObject(newer);
    expect(() => claimFolder(folder)).toThrow(expect.objectContaining(newer));
    rmSync(dataPaths(folder).version);
    await expect(openStore({ dataDir: folder })).rejects.toMatchObject(newer);
    expect(readOwner(dataPaths(folder).lock)).toBeUndefined();

    // The copy is a whole store: put in the place of the new one, the older Attune opens it.
    rmSync(dataPaths(folder).database, { recursive: true });
    mkdirSync(dataPaths(folder).database);
    const [backup] = readdirSync(dataPaths(folder).backups);
    execFileSync('tar', ['xzf', join(dataPaths(folder).backups, backup!), '-C', dataPaths(folder).database]);
    const restored = await openStore({ dataDir: folder });
    expect(await restored.getSong('a/1')).toMatchObject({ title: '1' });
    await restored.close();
  });

  test('that fails changes nothing', async () => {
    const broken = { ...next, statements: 'create table more (id int); select * from nowhere;' };
    const old = await openStore({ dataDir: folder });
    await old.importSongs([song(1)]);
    await old.close();
    await expect(openStore({ dataDir: folder, migrations: [...shipped, broken] })).rejects.toMatchObject({
      code: 'store/upgrade',
    });
    const again = await openStore({ dataDir: folder });
    expect((await again.countSongs()).total).toBe(1);
    await again.close();
  });
});

const cutTables = (base: string): void => {
  for (const database of readdirSync(base))
    for (const file of readdirSync(join(base, database)))
      if (/^\d+$/.test(file)) truncateSync(join(base, database, file), 100);
};
