/** What stands for an emotion to a listener: three typical songs, and the counts of their tags. */
import type { Emotion } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';
import type { TagWeights } from './rank.ts';
import type { Catalogue } from './song-columns.ts';

/** The ids of the three songs a listener chose for an emotion; emotions left out keep the songs the catalogue marks. */
export type Profile = Readonly<Partial<Record<Emotion, readonly string[]>>>;

/**
 * The positions of the songs that stand for an emotion: the listener's three, else those the catalogue marks typical.
 *
 * @throws {InvalidInputError} `music/profile`: not three different songs of the catalogue. `music/no-typical`: nobody has chosen
 *   songs for this emotion, nor does the catalogue mark any.
 */
export const typicalSongs = (emotion: Emotion, catalogue: Catalogue, profile: Profile = {}): number[] => {
  const chosen = profile[emotion];
  if (chosen === undefined) {
    const marked = [...catalogue.columns.typical].filter((position) => catalogue.song(position).emotion === emotion);
    if (marked.length === 0) {
      throw new InvalidInputError(
        'music/no-typical',
        `No song stands for ${emotion}: mark three ${emotion} songs typical (1) in the catalogue, or choose three.`,
      );
    }
    return marked;
  }
  const positions = chosen.map((id) => {
    const position = catalogue.position(id);
    if (position < 0) {
      throw new InvalidInputError(
        'music/profile',
        `The song "${id}" chosen for ${emotion} is not in the catalogue: choose another.`,
      );
    }
    return position;
  });
  if (new Set(positions).size !== 3 || positions.length !== 3) {
    throw new InvalidInputError(
      'music/profile',
      `${chosen.length} songs are chosen for ${emotion} (${chosen.join(', ')}): choose three different ones.`,
    );
  }
  return positions;
};

/** How many of these songs have each tag: the paper's feature vector of the listener, section 3.2.2. */
export const countTags = (catalogue: Catalogue, positions: readonly number[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const position of positions) addWeights(counts, new Map(catalogue.song(position).tags.map((tag) => [tag, 1])));
  return counts;
};

/** Adds weights to weights, in place. */
export const addWeights = (weights: Map<string, number>, more: TagWeights): void => {
  for (const [tag, weight] of more) weights.set(tag, (weights.get(tag) ?? 0) + weight);
};
