/** A process that writes to a store, song by song, and says which ones are safe: for tests that kill it. Run with tsx. */
import { openStore } from '../server/store/open-store.ts';

const store = await openStore({ dataDir: process.argv[2] ?? '' });
for (let n = 0; ; n++) {
  const id = `writer/${process.pid}-${n}`;
  await store.importSongs([
    {
      id,
      title: `Song ${n}`,
      artist: 'Writer',
      year: undefined,
      language: '',
      emotion: 'sad',
      tags: ['pop'],
      typical: false,
      lyrics: 'la '.repeat(500),
      evidence: [],
    },
  ]);
  process.stdout.write(`${id}\n`);
}
