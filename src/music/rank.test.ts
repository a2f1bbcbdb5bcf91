import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMOTIONS } from '../base/emotions.ts';
import { createCatalogue } from './catalogue-builder.ts';
import { countTags } from './profile.ts';
import { rankPositions, rankSongs, scoreSong } from './rank.ts';

/** Tags of a row of the paper's tables. */
const LABELS = ['Cheerful', 'Wild', 'Keyboard', 'Absolute Music', 'Internet'];
const song = (title: string, row: readonly number[]) => ({
  title,
  artist: 'paper',
  emotion: 'happy' as const,
  tags: LABELS.filter((_, label) => row[label] === 1),
});

/** Table 3 (Yu et al., section 4.2): the three typical songs. The paper spells Internet "Interenet" in this table's head. */
const TABLE_3 = [song('Back wave', [1, 1, 1, 1, 1]), song('Rise', [0, 0, 1, 1, 1]), song('Lanterns', [1, 0, 1, 1, 1])];

/**
 * Table 4: the songs recommended, with the cosine printed and the exact one as a closed form.
 * "Rise" is left out here and tested below: it is one of the typical songs.
 */
const TABLE_4 = [
  { ...song('Brass', [1, 0, 1, 1, 1]), printed: 0.972, exact: 11 / Math.sqrt(32 * 4) },
  { ...song('PDD', [1, 0, 1, 1, 0]), printed: 0.816, exact: Math.sqrt(2 / 3) },
  { ...song('Higher', [1, 0, 0, 1, 0]), printed: 0.625, exact: 5 / 8 },
  { ...song('All in', [1, 0, 0, 1, 0]), printed: 0.625, exact: 5 / 8 },
  // Misprint in the last digit: 3 / sqrt(32) = 0.53033.
  { ...song('Adventures', [0, 0, 0, 1, 0]), printed: 0.53, exact: 3 / Math.sqrt(32) },
  // Misprint: the table prints 0.177 = 1 / sqrt(32), which a song tagged Wild alone would get. With Cheerful alone, as its
  // own row says, it is 2 / sqrt(32). The order of the table is not touched by it.
  { ...song('Temptation', [1, 0, 0, 0, 0]), printed: 0.354, exact: 2 / Math.sqrt(32) },
  { ...song('Light', [1, 0, 0, 0, 0]), printed: 0.354, exact: 2 / Math.sqrt(32) },
];

describe("the paper's Tables 3 and 4", () => {
  const library = createCatalogue([...TABLE_3, ...TABLE_4]);
  const typical = TABLE_3.map(({ title }) => library.position(`paper/${title.toLowerCase().replace(' ', '-')}`));
  const weights = countTags(library, typical);

  it('counts the tags of the three typical songs', () => {
    expect(Object.fromEntries(weights)).toEqual({
      Cheerful: 2,
      Wild: 1,
      Keyboard: 3,
      'Absolute Music': 3,
      Internet: 3,
    });
  });

  it('ranks the songs as printed, typical songs left out, equal songs by id', () => {
    const ranked = rankSongs({ weights, catalogue: library, without: new Set(typical) });
    expect(ranked.map(({ song }) => song.title)).toEqual([
      'Brass',
      'PDD',
      'All in', // The paper prints Higher before All in: they are equal, and ids decide here.
      'Higher',
      'Adventures',
      'Light', // and Temptation before Light
      'Temptation',
    ]);
    for (const { title, printed, exact } of TABLE_4) {
      const score = ranked.find((entry) => entry.song.title === title)!.score;
      expect(score).toBeCloseTo(exact, 14);
      expect(Math.round(score * 1000) / 1000).toBe(printed);
    }
  });

  it('names the tags that carried the score, the heaviest first', () => {
    const [brass] = rankSongs({ weights, catalogue: library, without: new Set(typical), count: 1 });
    expect(brass!.why).toEqual(['Keyboard', 'Absolute Music', 'Internet', 'Cheerful']);
  });

  it('takes Rise as Table 3 has it; Table 4 gives it Cheerful too, and 0.972', () => {
    expect(scoreSong(library.song(typical[1]!), weights).score).toBeCloseTo(9 / Math.sqrt(32 * 3), 14);
    const [rise] = createCatalogue([song('Rise', [1, 0, 1, 1, 1])]);
    expect(scoreSong(rise!, weights).score).toBeCloseTo(11 / Math.sqrt(32 * 4), 14);
  });

  it('reads formula (5) as the cosine: its arc cosine would put the most alike song last', () => {
    const cosines = TABLE_4.map(({ exact }) => exact);
    const angles = cosines.map(Math.acos);
    expect(cosines).toEqual([...cosines].sort((a, b) => b - a));
    expect(angles).toEqual([...angles].sort((a, b) => a - b));
  });
});

describe('rankPositions', () => {
  const words = ['a', 'b', 'c', 'd', 'e', 'f'];
  const songs = fc.array(
    fc.record({
      tags: fc.subarray(words),
      emotion: fc.constantFrom(...EMOTIONS),
      artist: fc.constantFrom('x', 'y', 'z'),
    }),
    { maxLength: 40 },
  );
  const weights = fc
    .uniqueArray(
      fc.tuple(
        fc.constantFrom(...words, 'nobody has this'),
        fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9000 })),
      ),
      {
        selector: ([tag]) => tag,
      },
    )
    .map((entries) => new Map(entries));

  it('equals brute force with exact fractions, ties by id, whatever is left out', () => {
    fc.assert(
      fc.property(
        songs,
        weights,
        fc.option(fc.constantFrom(...EMOTIONS), { nil: undefined }),
        fc.uniqueArray(fc.nat(40)),
        fc.nat(40),
        (list, tagWeights, emotion, left, count) => {
          const catalogue = createCatalogue(list.map((entry, i) => ({ ...entry, title: `song ${i}` })));
          const without = new Set(left);
          const brute = [...catalogue]
            .map((entry, position) => {
              const dot = entry.tags.reduce((sum, tag) => sum + BigInt(tagWeights.get(tag) ?? 0), 0n);
              return { entry, position, square: dot * dot, tags: BigInt(entry.tags.length || 1) };
            })
            .filter(({ entry, position }) => !without.has(position) && (!emotion || entry.emotion === emotion))
            .sort((a, b) => {
              const difference = b.square * a.tags - a.square * b.tags;
              return difference === 0n ? (a.entry.id < b.entry.id ? -1 : 1) : difference > 0n ? 1 : -1;
            })
            .slice(0, count)
            .map(({ position }) => position);
          const options = { weights: tagWeights, catalogue, without, count, ...(emotion && { emotion }) };
          expect([...rankPositions(options)]).toEqual(brute);
        },
      ),
    );
  });

  it('gives scores that never rise down the list, and reasons that add up to the score', () => {
    fc.assert(
      fc.property(songs, weights, (list, tagWeights) => {
        const ranked = rankSongs({
          weights: tagWeights,
          catalogue: createCatalogue(list.map((entry, i) => ({ ...entry, title: `song ${i}` }))),
        });
        ranked.forEach(({ song, score, why }, i) => {
          if (i > 0) expect(score).toBeLessThanOrEqual(ranked[i - 1]!.score + 1e-12);
          const norm = Math.sqrt(
            [...tagWeights.values()].reduce((sum, weight) => sum + weight * weight, 0) * song.tags.length,
          );
          const parts = why.map((tag) => tagWeights.get(tag)! / norm);
          expect(parts).toEqual([...parts].sort((a, b) => b - a));
          expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 12);
        });
      }),
    );
  });

  it('refuses weights that could be rounded', () => {
    const catalogue = createCatalogue([]);
    for (const weight of [0, 0.5, -1, Number.NaN, 70_000]) {
      expect(() => rankPositions({ weights: new Map([['a', weight]]), catalogue })).toThrow(
        expect.objectContaining({ code: 'music/weights' }),
      );
    }
  });
});
