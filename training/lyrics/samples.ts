/** Labelled songs and texts as documents of terms and values, and which of them are learnt from or measured. */
import { loadLexicons } from '../../node/lexicons.ts';
import { loadChineseTools } from '../../node/segment-words.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import { createRandom } from '../../src/base/random.ts';
import { splitClauses } from '../../src/lyrics/clauses.ts';
import { songDocument, textDocument } from '../../src/lyrics/documents.ts';
import type { Lexicon } from '../../src/lyrics/lexicon.ts';
import type { TermDocument } from '../../src/lyrics/vectors.ts';
import { countWords } from '../../src/lyrics/word-counts.ts';
import { LYRIC_SETS, type LyricSet, readLabelledTexts, readSongs, type SongSet } from '../datasets/lyrics.ts';

export interface Sample {
  readonly label: string;
  readonly document: TermDocument;
}

export interface SourcedSample extends Sample {
  /** The corpus it came from, where a set joins several; else ''. */
  readonly source: string;
  /** Fold or split. */
  readonly part: string;
}

/** One part to learn from and one to measure. */
export interface Experiment {
  readonly training: readonly SourcedSample[];
  readonly test: readonly SourcedSample[];
}

const isSongSet = (set: LyricSet): set is SongSet => LYRIC_SETS[set].form === 'songs';

/** Of a set without a split a fifth is measured, drawn by what must not be parted (a poem's poet, else the text), so that
 * it is the same whatever else stands in the file. */
const MEASURED_SHARE = 0.2;
export const SPLIT_SEED = 'attune-lyrics-1';
export const UNSPLIT: readonly LyricSet[] = ['zh-poems', 'en-isear'];

const drawPart = (set: LyricSet, group: string): string =>
  createRandom(`${SPLIT_SEED}/${set}/${group}`).next() < MEASURED_SHARE ? 'test' : 'train';

/**
 * All samples of a set, songs or texts.
 *
 * @param asSongs texts as the counts that songs come in (words, characters inside words), so that what is learnt from texts
 *   can read songs @default false
 */
export const loadSamples = async (
  data: string,
  set: LyricSet,
  { lexicon, asSongs = false }: { readonly lexicon?: Lexicon; readonly asSongs?: boolean } = {},
): Promise<SourcedSample[]> => {
  const lists = lexicon ?? (await loadLexicons());
  if (isSongSet(set)) {
    return (await readSongs(data, set)).map(({ label, part, counts }) => ({
      label: label === 'non' ? 'neutral' : label,
      part,
      source: '',
      document: songDocument(counts, lists),
    }));
  }
  const chinese = await loadChineseTools();
  const texts = await readLabelledTexts(data, set);
  return texts
    .filter(({ label }) => !label.includes(','))
    .map(({ label, source, part, text, group }) => ({
      label,
      source,
      part: part === '' && UNSPLIT.includes(set) ? drawPart(set, group) : part,
      document: asSongs
        ? songDocument(countWords([text], splitClauses([text], chinese), lists), lists)
        : textDocument(text, chinese, lists),
    }));
};

/** @throws {InvalidInputError} `lyrics/data`: nothing to learn from, or nothing to measure. */
export const checkExperiment = (experiment: Experiment, what: string): Experiment => {
  if (experiment.training.length > 0 && experiment.test.length > 0) return experiment;
  throw new InvalidInputError(
    'lyrics/data',
    `${what}: ${experiment.training.length} texts to learn from and ${experiment.test.length} to measure. Both must be there.`,
  );
};

/** The folds of the file, or the one asked for; a fold is never learnt from while it is measured. */
export const foldsOf = (samples: readonly SourcedSample[], fold: number | undefined): Experiment[] => {
  const present = [...new Set(samples.map(({ part }) => part))].sort();
  const wanted = fold === undefined ? present : [String(fold)];
  return wanted.map((part) =>
    checkExperiment(
      {
        test: samples.filter((sample) => sample.part === part),
        training: samples.filter((sample) => sample.part !== part),
      },
      `fold ${part} (the file holds ${present.join(', ')})`,
    ),
  );
};

export const isTest = (set: LyricSet, { part }: Pick<SourcedSample, 'part'>): boolean =>
  part === 'test' || (set === 'en-happy-sad' && part === 'valid');

/** Microblogs are measured on two tests, each with the labels that it knows. */
export const TESTS: Readonly<Partial<Record<LyricSet, Readonly<Record<string, string>>>>> = {
  'zh-weibo': { smp: 'smp2020-usual', clue: 'clue-ocemotion' },
};

/** In the virus subset of 2020 topic words mark the classes: never learnt from. */
export const isLearnable = ({ source }: Pick<SourcedSample, 'source'>): boolean => source !== 'smp2020-virus';

/** What is measured on a test of a set, and what may be learnt from for it. */
export const experimentOf = (samples: readonly SourcedSample[], set: LyricSet, source?: string): Experiment => {
  const test = samples.filter((sample) => isTest(set, sample) && (source === undefined || sample.source === source));
  const wanted = new Set(test.map(({ label }) => label));
  const training = samples.filter((sample) => !isTest(set, sample) && isLearnable(sample) && wanted.has(sample.label));
  return checkExperiment({ training, test }, source ?? `${set}, its test`);
};
