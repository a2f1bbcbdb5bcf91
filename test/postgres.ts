/** A PostgreSQL server of its own for tests, from the system's packages: made in a temporary folder, gone afterwards. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';

/** Where Debian keeps PostgreSQL's own programs, newest first; elsewhere `pg_config` knows. */
const programFolder = (): string | undefined => {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const config = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  const folders = [...versions.map((version) => join(debian, version, 'bin')), (config.stdout ?? '').trim()];
  return folders.find((folder) => folder !== '' && existsSync(join(folder, 'initdb')));
};

/** PostgreSQL refuses to run as root: then its own user runs it, which the package has made. */
const userToRunAs = (): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });

export interface TestPostgres {
  /** The address of a new, empty database. */
  newDatabase(): Promise<string>;
  /** Ends the server as a broken machine would. */
  kill(): void;
  /** Starts it again on the same data, at the same address. */
  start(): Promise<void>;
  stop(): void;
}

/** Why no PostgreSQL can be started here; `undefined` if one can. */
export const postgresMissing = (): string | undefined => {
  const programs = programFolder();
  if (programs === undefined)
    return 'No PostgreSQL here (Debian: apt-get install postgresql): the store is tested on PGlite alone.';
  const config = spawnSync(join(programs, 'pg_config'), ['--sharedir'], { encoding: 'utf8' });
  const shared = (config.stdout ?? '').trim() || join('/usr/share/postgresql', basename(dirname(programs)));
  if (!existsSync(join(shared, 'extension', 'vector.control')))
    return 'PostgreSQL here has no pgvector (docs/guide/data.md says how to get it): the store is tested on PGlite alone.';
  return undefined;
};

/**
 * Starts an empty server on a free port of this machine.
 *
 * @param isDurable wait for the disk, as a server that is relied on does
 */
export const startPostgres = async (isDurable = false): Promise<TestPostgres> => {
  const programs = programFolder();
  if (programs === undefined) throw new Error(postgresMissing());
  const user = userToRunAs();
  const folder = mkdtempSync(join(tmpdir(), 'attune-postgres-'));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'attune', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    cwd: folder,
    stdio: 'pipe',
    ...user,
  });
  const port = await freePort();
  // Nothing that is tested has to outlive the machine, so nothing waits for the disk.
  const args = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, ...(isDurable ? [] : ['-F'])];
  const run = () => spawn(join(programs, 'postgres'), args, { cwd: folder, stdio: 'ignore', ...user });
  let server = run();
  const address = (name: string): string => `postgresql://attune@127.0.0.1:${port}/${name}`;
  const admin = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: address('postgres') });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  const untilReady = async (): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      try {
        await admin('select 1');
        return;
      } catch (error) {
        if (attempt === 200 || server.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  await untilReady();
  let count = 0;
  return {
    start: async () => {
      if (server.exitCode === null && server.signalCode === null) {
        await new Promise((resolve) => server.once('exit', resolve));
      }
      server = run();
      await untilReady();
    },
    newDatabase: async () => {
      count += 1;
      await admin(`create database test_${count}`);
      return address(`test_${count}`);
    },
    kill: () => server.kill('SIGQUIT'),
    stop: () => {
      const gone = spawnSync(join(programs, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop'], {
        cwd: folder,
        ...user,
      });
      if (gone.status !== 0) server.kill('SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
