/** Last.fm: a fifth of each user's artists is held out, to be found again from the tags of the others. */
import { createRandom } from '../../src/base/random.ts';
import { cosineOf, cosinesWith, countWeight, createItemVectors } from '../../src/music/item-vectors.ts';
import { createTaste } from '../../src/music/taste.ts';
import { readLastfm } from '../datasets/listening.ts';
import { type Case, type Known, type Prepared, SPLIT_SEED } from '../evaluate-recommend.ts';
import { LASTFM_TASTE } from './settings.ts';

const HELD_OUT = 0.2;

export const prepareLastfm = async (folder: string): Promise<Prepared> => {
  const { artistIds, tags, users } = await readLastfm(folder);
  const candidates = artistIds.length;
  const listeners = new Float64Array(candidates);
  const split = users.flatMap(({ id, plays }) => {
    // In the order of ids, then drawn: the same however the file is sorted, whoever else is in it.
    const artists = [...plays.keys()].sort((a, b) => a - b);
    createRandom(`${SPLIT_SEED}/lastfm/${id}`).shuffle(artists);
    const heldOut = Math.max(1, Math.round(artists.length * HELD_OUT));
    const [wanted, seen] = [artists.slice(0, heldOut), artists.slice(heldOut)];
    for (const artist of seen) listeners[artist]! += 1;
    return seen.length === 0 ? [] : [{ id, plays, wanted, seen }];
  });
  const mentions = new Float64Array(candidates);
  for (const [artist, , count] of tags) mentions[artist]! += count;
  // Rows of length 1, summed, rank as the cosine with the profile does: the profile's own length is the same for all.
  const paper = createItemVectors(candidates, [{ entries: tags }], countWeight);
  const known: Known = { likeness: (a, b) => cosineOf(paper, a, b), listeners, allListeners: split.length };
  const taste = createTaste({
    vectors: createItemVectors(candidates, [{ entries: tags }]),
    popularity: listeners,
    mentions,
    settings: LASTFM_TASTE,
  });

  function* cases(): Generator<Case> {
    for (const { id, plays, wanted, seen } of split) {
      yield {
        id,
        wanted: new Set(wanted),
        seen: new Set(seen),
        known,
        score: (method) => {
          if (method === 'default') {
            return taste.score(seen.map((item) => ({ item, weight: Math.log1p(plays.get(item) ?? 0) })));
          }
          const scores = new Float32Array(candidates);
          for (const item of seen) cosinesWith(paper, item, scores);
          return scores;
        },
      };
    }
  }
  return {
    protocol:
      `Last.fm-2K: a fifth of each user's tagged artists (at least one) is held out by a draw from '${SPLIT_SEED}/lastfm/' and the ` +
      "user's id; known: the rest with their plays, the tag counts of all artists, and how many users' known parts hold an artist. " +
      'Candidates: all tagged artists but the known ones.',
    candidates,
    cases: cases(),
  };
};
