/** Accuracy and macro-F1 of labels, with what was taken for what. */
import { accuracy, confusionMatrix, macroF1, scoreClasses, wilsonInterval } from '../metrics.ts';

export interface LyricScore {
  readonly accuracy: number;
  /** 95 %, Wilson. */
  readonly accuracyInterval: readonly [number, number];
  readonly macroF1: number;
  readonly count: number;
  /** Label -> precision, recall, f1, support. */
  readonly classes: Readonly<Record<string, { precision: number; recall: number; f1: number; support: number }>>;
  /** Shape [truth, predicted], in the order of `classes`. */
  readonly confusion: readonly (readonly number[])[];
}

export const scoreLabels = (truth: readonly string[], predicted: readonly string[]): LyricScore => {
  const labels = [...new Set(truth)].sort();
  const at = (list: readonly string[]): number[] => list.map((label) => labels.indexOf(label));
  // A label that only training has cannot be right: it counts as wrong in a column of its own, which is left out of the report.
  const columns = labels.length + 1;
  const wide = confusionMatrix(
    at(truth),
    at(predicted).map((label) => (label < 0 ? labels.length : label)),
    columns,
  );
  const right = truth.filter((label, i) => label === predicted[i]).length;
  const scores = scoreClasses(wide);
  return {
    accuracy: accuracy(wide),
    accuracyInterval: wilsonInterval(right, truth.length),
    macroF1: macroF1(wide),
    count: truth.length,
    classes: Object.fromEntries(labels.map((label, i) => [label, scores[i]!])),
    confusion: wide.slice(0, -1).map((row) => row.slice(0, -1)),
  };
};
