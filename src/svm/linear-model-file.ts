/** LIBLINEAR's model files, of the two solvers in linear.ts: liblinear-predict reads what is written here. */
import { InvalidInputError } from '../base/errors.ts';
import { readNumber } from './data-file.ts';
import { type LinearLoss, type LinearModel, planeCountOf } from './linear.ts';

const SOLVERS: Readonly<Record<LinearLoss, string>> = {
  'squared-hinge': 'L2R_L2LOSS_SVC_DUAL',
  hinge: 'L2R_L1LOSS_SVC_DUAL',
};

/** The model as text, numbers with all their digits. */
export const formatLinearModel = (model: LinearModel): string => {
  const planeCount = planeCountOf(model);
  const lines = [
    `solver_type ${SOLVERS[model.loss]}`,
    `nr_class ${model.labels.length}`,
    `label ${model.labels.join(' ')}`,
    `nr_feature ${model.columnCount}`,
    `bias ${model.bias ?? -1}`,
    'w',
  ];
  for (let at = 0; at < model.weights.length; at += planeCount) {
    lines.push(`${model.weights.subarray(at, at + planeCount).join(' ')} `);
  }
  return `${lines.join('\n')}\n`;
};

/** @throws {InvalidInputError} `svm/model-file`: it is of another solver, or damaged; the message names the line. */
export const parseLinearModel = (text: string): LinearModel => {
  const lines = text.split('\n');
  const fail = (line: number, what: string): never => {
    throw new InvalidInputError('svm/model-file', `Line ${line + 1} of the model: ${what}.`);
  };
  const header = (line: number, key: string): string[] => {
    const [found, ...rest] = (lines[line] ?? '').trim().split(/\s+/);
    return found === key ? rest : fail(line, `expected ${key}, found '${(found ?? '').slice(0, 40)}'`);
  };
  const number = (line: number, key: string): number => {
    const value = readNumber(header(line, key)[0]);
    return Number.isFinite(value) ? value : fail(line, `${key} needs a number`);
  };
  const solver = header(0, 'solver_type')[0];
  const loss = (Object.keys(SOLVERS) as LinearLoss[]).find((name) => SOLVERS[name] === solver);
  const classCount = number(1, 'nr_class');
  if (!(Number.isInteger(classCount) && classCount >= 2))
    fail(1, `nr_class is ${classCount}: a whole number from 2 can be`);
  const labels = header(2, 'label').map((word) => readNumber(word));
  if (labels.length !== classCount || !labels.every((label) => (label | 0) === label)) {
    fail(2, `label needs ${classCount} whole numbers`);
  }
  const columnCount = number(3, 'nr_feature');
  if (!(Number.isInteger(columnCount) && columnCount >= 0)) fail(3, `nr_feature is ${columnCount}`);
  const bias = number(4, 'bias');
  header(5, 'w');
  const planeCount = classCount === 2 ? 1 : classCount;
  const rowCount = columnCount + (bias >= 0 ? 1 : 0);
  while (lines.length > 6 && lines[lines.length - 1]!.trim() === '') lines.pop();
  if (lines.length - 6 !== rowCount) fail(5, `${rowCount} lines of weights should follow, and ${lines.length - 6} do`);
  const weights = new Float64Array(rowCount * planeCount);
  for (let row = 0; row < rowCount; row++) {
    const words = lines[row + 6]!.trim().split(/\s+/);
    if (words.length !== planeCount) fail(row + 6, `${planeCount} weights should stand here, and ${words.length} do`);
    words.forEach((word, plane) => {
      const value = readNumber(word);
      if (!Number.isFinite(value)) fail(row + 6, `'${word.slice(0, 40)}' is not a finite number`);
      weights[row * planeCount + plane] = value;
    });
  }
  return {
    loss: loss ?? fail(0, `solver_type is '${solver ?? ''}': ${Object.values(SOLVERS).join(' and ')} are read`),
    labels: Int32Array.from(labels),
    columnCount,
    weights,
    ...(bias >= 0 ? { bias } : {}),
  };
};
