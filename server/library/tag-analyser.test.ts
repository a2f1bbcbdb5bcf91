import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../node/catalogue.ts';
import { EMOTIONS, rankEmotions } from '../../src/base/emotions.ts';
import { createTagAnalyser, learnTagEmotions } from './tag-analyser.ts';

describe('learnTagEmotions', () => {
  it('gives what naive Bayes gives by hand', () => {
    const emotions = learnTagEmotions([
      { emotion: 'happy', tags: ['fast', 'pop'] },
      { emotion: 'sad', tags: ['slow', 'pop'] },
    ]);
    // (1 + 1) / (2 + 3) for happy, (0 + 1) / (2 + 3) for sad, 1 / 3 for each of the five without songs.
    const { scores, known } = emotions.read(['fast', 'unheard-of'])!;
    const sum = 2 / 5 + 1 / 5 + 5 / 3;
    expect(known).toBe(1);
    expect(scores.happy).toBeCloseTo(2 / 5 / sum, 12);
    expect(scores.sad).toBeCloseTo(1 / 5 / sum, 12);
    expect(emotions.read(['unheard-of'])).toBeUndefined();
    expect(emotions.read([])).toBeUndefined();
  });

  it('gives seven shares that sum to 1, whatever the tags and their order', async () => {
    const catalogue = await loadCatalogue();
    const songs = Array.from({ length: catalogue.size }, (_, i) => catalogue.song(i));
    const emotions = learnTagEmotions(songs);
    const tag = fc.constantFrom(...new Set(songs.flatMap(({ tags }) => tags)));
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1, maxLength: 12 }), (tags) => {
        const { scores } = emotions.read(tags)!;
        expect(EMOTIONS.reduce((sum, emotion) => sum + scores[emotion], 0)).toBeCloseTo(1, 9);
        const turned = emotions.read([...tags].reverse())!.scores;
        for (const emotion of EMOTIONS) expect(turned[emotion]).toBeCloseTo(scores[emotion], 12);
      }),
    );
  });

  it('gives most shipped songs their emotion back when it learns from the others', async () => {
    const catalogue = await loadCatalogue();
    const songs = Array.from({ length: catalogue.size }, (_, i) => catalogue.song(i));
    const tenth = songs.filter((_, i) => i % 10 === 0);
    const emotions = learnTagEmotions(songs.filter((_, i) => i % 10 !== 0));
    const right = tenth.filter(({ emotion, tags }) => rankEmotions(emotions.read(tags)!.scores)[0] === emotion);
    expect(right.length / tenth.length).toBeGreaterThan(0.9);
    const analyser = createTagAnalyser(catalogue);
    const song = { ...tenth[0]!, evidence: [], confidence: 0, addedAt: '' };
    expect(await analyser.analyse({ ...song, tags: ['sad'] })).toMatchObject({ source: 'tags', confidence: 0.2 });
    expect(await analyser.analyse({ ...song, tags: ['no-such-tag'] })).toBeUndefined();
  });
});
