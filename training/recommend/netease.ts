/** NetEase: a playlist is to be continued from five of its songs; songs have the tags of other playlists, never of this one. */
import { createRandom } from '../../src/base/random.ts';
import { cosineOf, cosinesWith, countWeight, createItemVectors } from '../../src/music/item-vectors.ts';
import { createTaste } from '../../src/music/taste.ts';
import { readNetease } from '../datasets/listening.ts';
import { type Case, type Known, type Prepared, SPLIT_SEED } from '../evaluate-recommend.ts';
import { NETEASE_SCALES, NETEASE_TASTE } from './settings.ts';

const FOLDS = 5;
const SEED_SONGS = 5;

export const prepareNetease = async (folder: string): Promise<Prepared> => {
  const { songs, playlists } = await readNetease(folder);
  const candidates = songs.length;
  const foldOf = playlists.map(({ id }) => createRandom(`${SPLIT_SEED}/netease/${id}`).integer(FOLDS));
  const tagNumbers = numbering(playlists.flatMap(({ tags }) => tags));
  const artistNumbers = numbering(songs.flatMap(({ artists }) => artists));
  const artistEntries = songs.flatMap(({ artists }, song) =>
    [...new Set(artists)].map((artist) => [song, artistNumbers.get(artist)!, 1] as const),
  );

  function* cases(): Generator<Case> {
    for (let fold = 0; fold < FOLDS; fold++) {
      const others = playlists.filter((_, at) => foldOf[at] !== fold);
      const listeners = new Float64Array(candidates);
      const tagCounts = new Map<number, number>();
      for (const { tags, songs: own } of others) {
        for (const song of own) {
          listeners[song]! += 1;
          for (const tag of tags) {
            const key = song * tagNumbers.size + tagNumbers.get(tag)!;
            tagCounts.set(key, (tagCounts.get(key) ?? 0) + 1);
          }
        }
      }
      const tagEntries = [...tagCounts].map(
        ([key, count]) => [Math.floor(key / tagNumbers.size), key % tagNumbers.size, count] as const,
      );
      // The paper's songs have a tag or not.
      const paper = createItemVectors(
        candidates,
        [{ entries: tagEntries.map(([song, tag]) => [song, tag, 1] as const) }],
        countWeight,
      );
      const taste = createTaste({
        vectors: createItemVectors(candidates, [
          { entries: tagEntries, scale: NETEASE_SCALES.tags },
          { entries: artistEntries, scale: NETEASE_SCALES.artists },
        ]),
        popularity: songs.map(({ popularity }) => popularity),
        mentions: listeners,
        settings: NETEASE_TASTE,
      });
      const known: Known = {
        likeness: (a, b) => cosineOf(paper, a, b),
        listeners,
        allListeners: others.length,
      };
      for (const [at, { id, songs: own }] of playlists.entries()) {
        if (foldOf[at] !== fold || own.length <= SEED_SONGS) continue;
        const drawn = createRandom(`${SPLIT_SEED}/netease/${id}/songs`).shuffle([...own].sort((a, b) => a - b));
        const seeds = drawn.slice(0, SEED_SONGS);
        yield {
          id,
          wanted: new Set(drawn.slice(SEED_SONGS)),
          seen: new Set(seeds),
          known,
          score: (method) => {
            if (method === 'default') return taste.score(seeds.map((item) => ({ item, weight: 1 })));
            const scores = new Float32Array(candidates);
            // Binary rows of length 1 times the root of the seed's number of tags: the seed's plain row.
            for (const seed of seeds) {
              const tags = Math.sqrt(paper.starts[seed + 1]! - paper.starts[seed]!);
              cosinesWith(paper, seed).forEach((cosine, song) => {
                scores[song]! += tags * cosine;
              });
            }
            return scores;
          },
        };
      }
    }
  }
  return {
    protocol:
      `NetEase: playlists fall into ${FOLDS} folds by a draw from '${SPLIT_SEED}/netease/' and their id; for each fold songs have the tags ` +
      `and counts of the playlists of the other folds. Known of a playlist under test: ${SEED_SONGS} of its songs, drawn; wanted: the ` +
      'rest of it. Its name, its own tags and counts are not used. Candidates: all songs but the five.',
    candidates,
    cases: cases(),
  };
};

const numbering = (names: readonly string[]): Map<string, number> =>
  new Map([...new Set(names)].map((name, place) => [name, place]));
