/** Measures recommendation over 100,000 and 1,000,000 songs of eight tags beside brute force: `npx tsx bench/recommend.ts`. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { EMOTIONS } from '../src/base/emotions.ts';
import { createRandom } from '../src/base/random.ts';
import { createCatalogue } from '../src/music/catalogue.ts';
import { parseCatalogueBytes } from '../src/music/catalogue-bytes.ts';
import { recommendPersonally } from '../src/music/personal.ts';
import { formatPlaylist } from '../src/music/playlist.ts';
import { countTags, typicalSongs } from '../src/music/profile.ts';
import { rankPositions } from '../src/music/rank.ts';
import { recommend } from '../src/music/recommend.ts';
import type { Song, SongFacts } from '../src/music/song.ts';
import type { Catalogue } from '../src/music/song-columns.ts';
import { songIndexOf } from '../src/music/song-index.ts';
import { TAGS } from '../src/music/tags.ts';

const SIZES = [100_000, 1_000_000];
const COUNT = 20;

/** Made-up songs, eight different tags each out of the vocabulary, in equal libraries, three of each typical. */
function* madeUpSongs(size: number): Generator<SongFacts> {
  const random = createRandom(7);
  const words = Object.values(TAGS).flat();
  for (let i = 0; i < size; i++) {
    const tags = new Set<string>();
    while (tags.size < 8) tags.add(words[random.integer(words.length)]!);
    yield {
      title: `Song ${i}`,
      artist: `Artist ${random.integer(size / 20)}`,
      year: 1950 + (i % 75),
      language: 'en',
      emotion: EMOTIONS[i % EMOTIONS.length]!,
      tags: [...tags],
      typical: i < EMOTIONS.length * 3,
    };
  }
}

/** Brute force as the paper has it: a cosine for every song object, then a sort. */
const rankPlainly = (songs: readonly Song[], weights: ReadonlyMap<string, number>): string[] => {
  const norm = Math.sqrt([...weights.values()].reduce((sum, weight) => sum + weight ** 2, 0));
  return songs
    .map((song) => {
      const dot = song.tags.reduce((sum, tag) => sum + (weights.get(tag) ?? 0), 0);
      return { song, cosine: dot / (norm * Math.sqrt(song.tags.length)) };
    })
    .sort((a, b) => b.cosine - a.cosine || (a.song.id < b.song.id ? -1 : 1))
    .slice(0, COUNT)
    .map(({ song }) => song.id);
};

/** Brute force at its best here: numbers in columns, every song's tags read, the best kept in a list of twenty. */
const rankColumns = ({ columns, size }: Catalogue, weights: ReadonlyMap<string, number>): number[] => {
  const weightOf = Float64Array.from(columns.tags, (tag) => weights.get(tag) ?? 0);
  const best: { position: number; value: number }[] = [];
  for (let position = 0; position < size; position++) {
    let dot = 0;
    for (let at = columns.tagStart[position]!; at < columns.tagStart[position + 1]!; at++)
      dot += weightOf[columns.songTags[at]!]!;
    const value = (dot * dot) / (columns.tagStart[position + 1]! - columns.tagStart[position]!);
    if (best.length === COUNT && value <= best[COUNT - 1]!.value) continue;
    let at = best.length;
    while (at > 0 && best[at - 1]!.value < value) at -= 1;
    best.splice(at, 0, { position, value });
    best.length = Math.min(best.length, COUNT);
  }
  return best.map(({ position }) => position);
};

/** Runs every contender once a round, the order reversed each round, so that none always runs after the same one. */
const measure = (
  contenders: Readonly<Record<string, () => unknown>>,
  rounds: number,
  warmUps = 5,
): Map<string, number[]> => {
  const times = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
  const entries = Object.entries(contenders);
  for (const [, run] of entries) for (let i = 0; i < warmUps; i++) run();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of round % 2 === 0 ? entries : entries.toReversed()) {
      const start = performance.now();
      run();
      times.get(name)!.push(performance.now() - start);
    }
  }
  return times;
};

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))]!;

const benchSize = (size: number): void => {
  const catalogue = createCatalogue(madeUpSongs(size));
  const songs = [...catalogue];
  const weights = countTags(catalogue, typicalSongs('happy', catalogue));
  const expected = rankPlainly(songs, weights);
  const agree = (positions: Iterable<number>): boolean =>
    Array.from(positions, (position) => songs[position]!.id).join() === expected.join();
  if (!agree(rankPositions({ weights, catalogue, count: COUNT })) || !agree(rankColumns(catalogue, weights))) {
    throw new Error('The index and brute force do not give the same songs.');
  }
  const start = performance.now();
  const { bytes } = songIndexOf(catalogue);
  const indexed = performance.now() - start;
  const times = measure(
    {
      'index: 20 best of all songs': () => rankPositions({ weights, catalogue, count: COUNT }),
      'brute force over columns': () => rankColumns(catalogue, weights),
      'brute force over objects': () => rankPlainly(songs, weights),
      'recommend: happy, match': () => recommend({ mood: 'happy', catalogue, count: COUNT }),
      'recommend: sad, lift': () => recommend({ mood: 'sad', catalogue, count: COUNT }),
      "paper's cosine, 50 best": () => rankPositions({ weights, catalogue, count: 50 }),
      'default: happy, 50': () => recommendPersonally({ mood: 'happy', catalogue, count: 50 }),
      'default: sad to happy, 50': () => recommendPersonally({ mood: 'sad', catalogue, count: 50 }),
    },
    21,
  );
  const base = quantile(times.get('index: 20 best of all songs')!, 0.5);
  console.log(
    `\n${size.toLocaleString('en')} songs, 8 tags each; ${(catalogue.columns.bytes / size).toFixed(0)} bytes a song, ` +
      `${(bytes / size).toFixed(0)} more for the default method, made in ${(indexed / 1000).toFixed(1)} s`,
  );
  console.log(`${'20 songs'.padEnd(30)}${'p50 ms'.padStart(10)}${'p95 ms'.padStart(10)}${'ratio'.padStart(10)}`);
  for (const [name, values] of times) {
    const [p50, p95] = [quantile(values, 0.5), quantile(values, 0.95)];
    console.log(
      `${name.padEnd(30)}${p50.toFixed(2).padStart(10)}${p95.toFixed(2).padStart(10)}${(p50 / base).toFixed(2).padStart(10)}`,
    );
  }
  if (size <= 100_000) benchReading(songs);
};

/** Reading a CSV file into a catalogue, checks and index included, beside csv-parse, which only splits it into cells. */
const benchReading = (songs: readonly Song[]): void => {
  const bytes = Buffer.from(formatPlaylist(songs, 'csv'));
  const times = measure(
    { 'read a catalogue': () => parseCatalogueBytes(bytes), 'csv-parse splits cells': () => parse(bytes) },
    3,
    1,
  );
  const base = quantile(times.get('read a catalogue')!, 0.5);
  for (const [name, values] of times) {
    const p50 = quantile(values, 0.5);
    console.log(
      `${name.padEnd(30)}${p50.toFixed(0).padStart(10)}${''.padStart(10)}${(p50 / base).toFixed(2).padStart(10)}`,
    );
  }
};

const [size] = process.argv.slice(2);
if (size !== undefined) {
  benchSize(Number(size));
} else {
  // A fresh process for each size: what one leaves in memory does not slow the other.
  for (const each of SIZES) {
    const child = fork(fileURLToPath(import.meta.url), [String(each)]);
    await new Promise<void>((resolve, reject) =>
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The bench of ${each} songs failed.`)))),
    );
  }
}
