/** Adds a sheet of as many rows as a sheet holds by `attune library add`, to a new folder: `npx tsx bench/spreadsheet.ts [ROWS]`. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MOST_ROWS, writeWorkbook } from '../node/spreadsheet/write-workbook.ts';

/** Its header counts too. */
const rows = Number(process.argv[2] ?? MOST_ROWS);
const TAGS = ['pop', 'rock', 'slow', 'sad', 'happy', 'piano', 'female-vocal', '1990s', 'dance', 'calm'];

function* cells(): Generator<(string | number)[]> {
  for (let i = 0; i < rows - 1; i++) {
    const tags = Array.from({ length: 8 }, (_, t) => TAGS[(i + t * t) % TAGS.length]!);
    yield [`Song ${i}`, `Artist ${i % 50_000}`, 1960 + (i % 60), [...new Set(tags)].join(';')];
  }
}

const folder = mkdtempSync(join(tmpdir(), 'attune-spreadsheet-'));
try {
  const file = join(folder, 'songs.xlsx');
  const columns = ['title', 'artist', 'year', 'tags'].map((name) => ({ name }));
  const writing = performance.now();
  await pipeline(writeWorkbook([{ name: 'songs', columns, rows: cells() }]), createWriteStream(file));
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(0)} s`;
  console.log(`${rows} rows written in ${seconds(writing)}: ${megabytes(statSync(file).size)}`);
  const adding = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', 'library', 'add', file], {
    env: { ...process.env, ATTUNE_DATA_DIR: join(folder, 'data') },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  let peak = Number.NaN;
  // The last look before it ends: the system keeps the peak, and forgets it with the process.
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? peak / 1024) * 1024;
    } catch {
      // It has ended.
    }
  }, 200);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(timer);
  console.log(`added in ${seconds(adding)}, exit code ${code}, at most ${megabytes(peak)} of memory`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
