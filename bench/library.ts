/** Measures a million songs of eight tags into PostgreSQL, and through a workbook: `npx tsx bench/library.ts [SONGS]`. */
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { importSongs } from '../node/import/import-songs.ts';
import { writeLibraryWorkbook } from '../node/spreadsheet/library-workbook.ts';
import { copySongs } from '../server/store/copy-songs.ts';
import { connectionOf, openStore } from '../server/store/open-store.ts';
import type { NewSong } from '../server/store/store.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { createRandom } from '../src/base/random.ts';
import { songId } from '../src/music/song.ts';
import { TAGS } from '../src/music/tags.ts';
import { postgresMissing, startPostgres } from '../test/postgres.ts';

const size = Number(process.argv[2] ?? 1_000_000);

/** Made-up songs, eight different tags each out of the vocabulary. */
function* madeUpSongs(count: number): Generator<NewSong> {
  const random = createRandom(7);
  const words = Object.values(TAGS).flat();
  for (let i = 0; i < count; i++) {
    const tags = new Set<string>();
    while (tags.size < 8) tags.add(words[random.integer(words.length)]!);
    const title = `Song ${i}`;
    const artist = `Artist ${random.integer(Math.max(1, count / 20))}`;
    yield {
      id: songId(artist, title),
      title,
      artist,
      year: 1950 + (i % 75),
      language: 'en',
      emotion: EMOTIONS[i % EMOTIONS.length]!,
      tags: [...tags],
      typical: false,
      evidence: [],
    };
  }
}

const measure = async (what: string, count: number, work: () => Promise<unknown>): Promise<void> => {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${what.padEnd(46)}${seconds.toFixed(1).padStart(8)} s${Math.round(count / seconds)
      .toLocaleString('en')
      .padStart(10)} songs/s` +
      `   own CPU ${((user + system) / 1e6).toFixed(1)} s, resident ${Math.round(process.memoryUsage().rss / 1024 ** 2)} MiB`,
  );
};

const missing = postgresMissing();
if (missing !== undefined) {
  console.log(missing);
} else {
  const postgres = await startPostgres(true);
  try {
    const fast = await openStore({ databaseUrl: await postgres.newDatabase() });
    await measure(`${size} songs by COPY, commits wait for the disk`, size, () =>
      copySongs(fast, connectionOf(fast), madeUpSongs(size)),
    );
    console.log(`in the database: ${(await fast.countSongs()).total}`);
    await fast.close();
    for (const writing of [1, 2, 2, 1]) {
      const some = Math.min(size, 200_000);
      const store = await openStore({ databaseUrl: await postgres.newDatabase() });
      await measure(`${some} songs by COPY, ${writing} at once`, some, () =>
        copySongs(store, connectionOf(store), madeUpSongs(some), { writing }),
      );
      await store.close();
    }
    const few = Math.min(size, 50_000);
    const plain = await openStore({ databaseUrl: await postgres.newDatabase() });
    await measure(`${few} songs by ordinary statements`, few, () => plain.importSongs(madeUpSongs(few)));
    await plain.close();
  } finally {
    postgres.stop();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'));
try {
  const rows = Math.min(size, 200_000);
  const file = join(folder, 'library.xlsx');
  await measure(`${rows} songs into a workbook`, rows, () =>
    pipeline(Readable.from(writeLibraryWorkbook(() => madeUpSongs(rows))), createWriteStream(file)),
  );
  console.log(`the workbook: ${Math.round(statSync(file).size / 1024 ** 2)} MiB`);
  await measure(`${rows} songs out of it`, rows, async () => {
    let read = 0;
    for await (const _ of (await importSongs(file)).songs) read += 1;
    if (read !== rows) throw new Error(`${read} of ${rows} songs came back.`);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
