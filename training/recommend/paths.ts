/** How well the playlists of the songs that ship lead from a mood to a goal: the paper's stages beside the default's path. */
import { loadCatalogue } from '../../node/catalogue.ts';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { moodPath, type PathQuality, pathQuality } from '../../src/music/mood-path.ts';
import { EMOTION_POSITIONS } from '../../src/music/mood-target.ts';
import { recommendPersonally } from '../../src/music/personal.ts';
import { recommend } from '../../src/music/recommend.ts';
import { songMood } from '../../src/music/tag-moods.ts';
import type { RecommendMethod } from '../evaluate-recommend.ts';
import { meanOf } from '../ranking-metrics.ts';

const COUNT = 20;

/** Means over all moods and both goals that lead somewhere, of lists of 20. */
export const measurePaths = async (
  methods: readonly RecommendMethod[],
): Promise<Partial<Record<RecommendMethod, PathQuality>>> => {
  const catalogue = await loadCatalogue();
  const ways = EMOTIONS.flatMap((mood) =>
    (['lift', 'calm'] as const)
      .filter((goal) => !(mood === 'happy' && goal === 'lift'))
      .map((goal) => ({ mood, goal, path: moodPath(EMOTION_POSITIONS[mood], goal) })),
  );
  return Object.fromEntries(
    methods.map((method) => {
      const all = ways.map(({ mood, goal, path }) => {
        const options = { mood, goal, catalogue, count: COUNT };
        const { songs } = method === 'default' ? recommendPersonally(options) : recommend(options);
        return pathQuality(
          path,
          songs.map(({ song }) =>
            songMood(
              song.tags,
              EMOTIONS.map((emotion) => (emotion === song.emotion ? 1 : 0)),
            ),
          ),
        );
      });
      const mean = (value: (quality: PathQuality) => number): number => meanOf(all.map(value));
      return [
        method,
        {
          largestStep: mean(({ largestStep }) => largestStep),
          monotoneShare: mean(({ monotoneShare }) => monotoneShare),
          endError: mean(({ endError }) => endError),
        },
      ];
    }),
  );
};
