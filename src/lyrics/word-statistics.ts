/** Which words tell one class of labelled texts from the rest: how our own emotion lists are computed. */

/** A labelled text: each of its words once, however often it stands there. */
export interface LabelledWords {
  readonly label: string;
  readonly words: ReadonlySet<string>;
}

export interface WordStatistic {
  readonly word: string;
  /** Texts that hold it. */
  readonly texts: number;
  /** Shape [labels], in the order asked for: standard scores, 0 = as common in the class as elsewhere. */
  readonly z: readonly number[];
}

export interface WordStatisticsOptions {
  /** Words in fewer texts are left out. @default 10 */
  readonly minTexts?: number;
  /**
   * Weight of what all texts say, in words: the prior of each word is its share of all words times this. More shrinks
   * rare words further towards 0. @default 1000
   */
  readonly priorWeight?: number;
}

/**
 * Log-odds ratio of each word between the texts of a label and all others, with an informative Dirichlet prior, divided
 * by its standard deviation.
 *
 * @returns words by the number of texts that hold them, most first
 * @see Monroe, Colaresi, Quinn, "Fightin' Words" (Political Analysis 16, 2008), equations 15, 16, 20 and 22.
 */
export const wordStatistics = (
  texts: readonly LabelledWords[],
  labels: readonly string[],
  { minTexts = 10, priorWeight = 1000 }: WordStatisticsOptions = {},
): WordStatistic[] => {
  const counts = new Map<string, number[]>();
  const totals = labels.map(() => 0);
  for (const { label, words } of texts) {
    const at = labels.indexOf(label);
    if (at < 0) continue;
    for (const word of words) {
      const own = counts.get(word) ?? labels.map(() => 0);
      own[at]!++;
      counts.set(word, own);
      totals[at]!++;
    }
  }
  const total = totals.reduce((sum, value) => sum + value, 0);
  return [...counts]
    .map(([word, own]) => ({ word, own, texts: own.reduce((sum, value) => sum + value, 0) }))
    .filter((entry) => entry.texts >= minTexts)
    .sort((a, b) => b.texts - a.texts || (a.word < b.word ? -1 : 1))
    .map(({ word, own, texts: holding }) => {
      const prior = (priorWeight * holding) / total;
      const logOdds = (count: number, size: number): number =>
        Math.log((count + prior) / (size + priorWeight - count - prior));
      const z = own.map((count, at) => {
        if (counts.size === 1) return 0; // the only word there is tells nothing apart
        const rest = holding - count;
        const difference = logOdds(count, totals[at]!) - logOdds(rest, total - totals[at]!);
        return difference / Math.sqrt(1 / (count + prior) + 1 / (rest + prior));
      });
      return { word, texts: holding, z };
    });
};
