/** What somebody will like, from what they like: likeness of terms and how well known a thing is; nobody else's lists. */
import { cosinesWith, type ItemVectors } from './item-vectors.ts';

export interface TasteSettings {
  /** Exponent of the cosine: above 1, one close item counts more than several faint ones. */
  readonly sharpness: number;
  /** Exponent of `popularity`. */
  readonly popularityPower: number;
  /** Exponent of `mentions`. */
  readonly mentionPower: number;
  /** Exponent of how much an item is like all others, taken off: an item of common terms alone is near everything. */
  readonly hubPower: number;
  /** The same for the items liked: one that is like everything says little. */
  readonly seedHubPower: number;
  /**
   * Who likes what many hear is offered what is heard more than described, who likes what few hear the other way round: (popularity /
   * mentions) to the power of this times how far ln(popularity) of what is liked lies above that of all that is heard, in the mean. @default 0
   */
  readonly mainstreamPower?: number;
}

export interface TasteOptions {
  readonly vectors: ItemVectors;
  /** How often each item is heard, in any unit, 0 or more. Shape [itemCount]. @default all alike */
  readonly popularity?: ArrayLike<number>;
  /** How often each item is described (tag counts together, lists it stands in), 0 or more. Shape [itemCount]. @default all alike */
  readonly mentions?: ArrayLike<number>;
  readonly settings: TasteSettings;
  /** Items by which likeness to all others is measured, evenly spaced. @default all up to 40,000 items, else 256 */
  readonly sampleCount?: number;
}

export interface LikedItem {
  readonly item: number;
  /** How much it is liked; below 0: disliked. */
  readonly weight: number;
}

/** Something that scores every item for one listener. */
export interface Taste {
  readonly vectors: ItemVectors;
  /** What an item counts for everybody, before anybody's likes: shape [itemCount], above 0. */
  readonly prior: Float32Array;
  /** Likeness to what is liked times the prior, shape [itemCount]; no unit, 0 where nothing is shared. Liked items have one, too. */
  score(liked: readonly LikedItem[]): Float32Array;
}

/** So that an item nobody heard, or that is like nothing, keeps a finite weight. */
const LEAST_HUB = 1e-6;
const NEVER_HEARD = 0.5;

/**
 * score(j) = prior(j) × lean(j) × Σ over liked i of weight(i) × hub(i)^-seedHubPower × cosine(i, j)^sharpness, with
 * prior(j) = (popularity + ½)^popularityPower × (mentions + ½)^mentionPower × hub(j)^-hubPower and
 * hub(j) = mean over a sample of items of cosine(i, j)^sharpness, the item itself left out, and lean(j) as `mainstreamPower` says.
 */
export const createTaste = (options: TasteOptions): Taste => {
  const { vectors, popularity, mentions, settings } = options;
  const { itemCount } = vectors;
  const { sharpness, popularityPower, mentionPower, hubPower, seedHubPower } = settings;
  const hub = hubsOf(vectors, sharpness, options.sampleCount ?? (itemCount <= 40_000 ? itemCount : 256));
  const prior = Float32Array.from(
    { length: itemCount },
    (_, item) =>
      ((popularity?.[item] ?? 0) + NEVER_HEARD) ** popularityPower *
      ((mentions?.[item] ?? 0) + NEVER_HEARD) ** mentionPower *
      hub[item]! ** -hubPower,
  );
  const cosines = new Float32Array(itemCount);
  const lean = createLean(options);
  const weigh = (scores: Float32Array, liked: readonly LikedItem[]): Float32Array => {
    for (let item = 0; item < itemCount; item++) scores[item]! *= prior[item]!;
    lean?.(scores, liked);
    return scores;
  };
  return {
    vectors,
    prior,
    score: (liked) => {
      const scores = new Float32Array(itemCount);
      const powers = liked.map(({ item, weight }) => ({ item, factor: weight * hub[item]! ** -seedHubPower }));
      if (sharpness === 1) {
        addAllCosines(vectors, powers, scores);
        return weigh(scores, liked);
      }
      for (const { item, factor } of powers) {
        cosinesWith(vectors, item, cosines);
        for (let other = 0; other < itemCount; other++) {
          const cosine = cosines[other]!;
          if (cosine === 0) continue;
          scores[other]! += factor * sharpen(cosine, sharpness);
          cosines[other] = 0;
        }
      }
      return weigh(scores, liked);
    },
  };
};

/** Multiplies scores by (popularity / mentions)^(mainstreamPower × how mainstream the liked items are); `undefined` where that changes nothing. */
const createLean = ({ vectors, popularity, mentions, settings: { mainstreamPower = 0 } }: TasteOptions) => {
  if (mainstreamPower === 0 || !popularity) return undefined;
  const { itemCount } = vectors;
  const heard = (item: number): number => Math.log((popularity[item] ?? 0) + NEVER_HEARD);
  const ratios = Float32Array.from(
    { length: itemCount },
    (_, item) => heard(item) - Math.log((mentions?.[item] ?? 0) + NEVER_HEARD),
  );
  let [total, weighted] = [0, 0];
  for (let item = 0; item < itemCount; item++) {
    total += popularity[item] ?? 0;
    weighted += (popularity[item] ?? 0) * heard(item);
  }
  const usual = total > 0 ? weighted / total : 0;
  return (scores: Float32Array, liked: readonly LikedItem[]): void => {
    const own = liked.filter(({ weight }) => weight > 0);
    if (own.length === 0) return;
    const power = mainstreamPower * (own.reduce((sum, { item }) => sum + heard(item), 0) / own.length - usual);
    for (let item = 0; item < itemCount; item++)
      if (scores[item] !== 0) scores[item]! *= Math.exp(power * ratios[item]!);
  };
};

/** Cosines are linear in the rows: all that is liked becomes one row first, and each term's items are walked once. */
const addAllCosines = (
  { starts, terms, values, itemStarts, items, itemValues }: ItemVectors,
  liked: readonly { readonly item: number; readonly factor: number }[],
  scores: Float32Array,
): void => {
  const joined = new Map<number, number>();
  for (const { item, factor } of liked) {
    for (let at = starts[item]!; at < starts[item + 1]!; at++) {
      joined.set(terms[at]!, (joined.get(terms[at]!) ?? 0) + factor * values[at]!);
    }
  }
  for (const [term, weight] of joined) {
    const end = itemStarts[term + 1]!;
    for (let at = itemStarts[term]!; at < end; at++) scores[items[at]!]! += weight * itemValues[at]!;
  }
};

/** Math.pow is several times slower than a square root, and these run a million times a list. */
const sharpen = (cosine: number, sharpness: number): number =>
  sharpness === 1.5 ? cosine * Math.sqrt(cosine) : sharpness === 1 ? cosine : cosine ** sharpness;

const hubsOf = (vectors: ItemVectors, sharpness: number, sampleCount: number): Float32Array => {
  const { itemCount } = vectors;
  const hub = new Float32Array(itemCount);
  const cosines = new Float32Array(itemCount);
  const count = Math.min(sampleCount, itemCount);
  for (let at = 0; at < count; at++) {
    const item = Math.floor((at * itemCount) / count);
    cosinesWith(vectors, item, cosines);
    cosines[item] = 0;
    for (let other = 0; other < itemCount; other++) {
      const cosine = cosines[other]!;
      if (cosine === 0) continue;
      hub[other]! += sharpen(cosine, sharpness);
      cosines[other] = 0;
    }
  }
  // Of a sample, an item of rare terms may have met nothing by chance: it is drawn towards the mean.
  const mean = hub.reduce((total, sum) => total + sum, 0) / count / Math.max(1, itemCount);
  const least = LEAST_HUB + (count < itemCount ? mean / 4 : 0);
  return hub.map((sum) => sum / count + least);
};

/**
 * The best items, best first; equal ones in their own order.
 *
 * @param without items to leave out. @default none
 */
export const topItems = (scores: ArrayLike<number>, count: number, without?: ReadonlySet<number>): number[] => {
  // A list kept in order beats sorting everything: almost no item gets past the worst of it.
  const best: number[] = [];
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!;
    if (best.length === count && !(score > scores[best[count - 1]!]!)) continue;
    if (without?.has(item)) continue;
    let at = best.length;
    while (at > 0 && scores[best[at - 1]!]! < score) at -= 1;
    best.splice(at, 0, item);
    if (best.length > count) best.pop();
  }
  return best;
};
