/** LIBSVM's model files: svm-predict reads what is written here, and what svm-train writes is read. */
import { InvalidInputError } from '../base/errors.ts';
import { formatPairs, readNumber, readPairs } from './data-file.ts';
import { checkKernel, type Kernel } from './kernel.ts';
import type { SvcModel } from './svc.ts';

/** The model as text, numbers with all their digits. */
export const formatSvcModel = (model: SvcModel): string => {
  const { kernel, supportVectors, coefficients, sigmoids } = model;
  const total = supportVectors.rowCount;
  const lines = ['svm_type c_svc', `kernel_type ${kernel.type}`];
  if (kernel.type === 'polynomial') lines.push(`degree ${kernel.degree}`);
  if (kernel.type !== 'linear') lines.push(`gamma ${kernel.gamma}`);
  if (kernel.type === 'polynomial' || kernel.type === 'sigmoid') lines.push(`coef0 ${kernel.coef0}`);
  lines.push(`nr_class ${model.labels.length}`, `total_sv ${total}`);
  lines.push(`rho ${model.rho.join(' ')}`, `label ${model.labels.join(' ')}`);
  if (sigmoids) lines.push(`probA ${sigmoids.a.join(' ')}`, `probB ${sigmoids.b.join(' ')}`);
  lines.push(`nr_sv ${model.supportCounts.join(' ')}`, 'SV');
  for (let s = 0; s < total; s++) {
    let own = '';
    for (let row = 0; row < model.labels.length - 1; row++) own += `${coefficients[row * total + s]!} `;
    lines.push(own.slice(0, -1) + formatPairs(supportVectors, s));
  }
  return `${lines.join('\n')}\n`;
};

/** Header lines that may come, and how many numbers follow each (given the classes), or 'word'. */
const HEADER: Readonly<Record<string, 'word' | ((classCount: number) => number)>> = {
  svm_type: 'word',
  kernel_type: 'word',
  degree: () => 1,
  gamma: () => 1,
  coef0: () => 1,
  nr_class: () => 1,
  total_sv: () => 1,
  rho: (classCount) => (classCount * (classCount - 1)) / 2,
  label: (classCount) => classCount,
  probA: (classCount) => (classCount * (classCount - 1)) / 2,
  probB: (classCount) => (classCount * (classCount - 1)) / 2,
  nr_sv: (classCount) => classCount,
};

/**
 * Reads a c_svc model with a linear, polynomial, rbf or sigmoid kernel.
 *
 * @throws {InvalidInputError} `svm/model-file`: it is of another kind, or damaged; the message names the line.
 */
export const parseSvcModel = (text: string): SvcModel => {
  const lines = text.split('\n');
  let at = 0;
  const fail = (what: string, line = at): never => {
    throw new InvalidInputError('svm/model-file', `Line ${line + 1} of the model: ${what}.`);
  };
  const words = new Map<string, string>();
  const numbers = new Map<string, number[]>();
  for (; ; at++) {
    if (at >= lines.length) fail('the file ends before the line SV');
    const [key = '', ...rest] = lines[at]!.trim().split(/\s+/);
    if (key === 'SV') break;
    const shape = Object.hasOwn(HEADER, key) ? HEADER[key] : undefined;
    if (shape === undefined) fail(`'${key.slice(0, 40)}' is not a line of a c_svc model`);
    if (words.has(key) || numbers.has(key)) fail(`${key} comes twice`);
    if (shape === 'word') {
      words.set(key, rest.join(' '));
      continue;
    }
    const read = rest.map((word) => readNumber(word));
    const expected = shape!(numbers.get('nr_class')?.[0] ?? 0);
    if (read.length !== expected || !read.every(Number.isFinite)) {
      fail(
        `${key} needs ${expected} finite number${expected === 1 ? '' : 's'} after nr_class, and has '${rest.join(' ').slice(0, 60)}'`,
      );
    }
    const whole = ['nr_class', 'total_sv', 'label', 'nr_sv', 'degree'].includes(key);
    if (whole && !read.every((value) => (value | 0) === value)) fail(`${key} needs whole numbers`);
    if (whole && key !== 'label' && read.some((value) => value < 0)) fail(`${key} needs numbers from 0`);
    if (key === 'nr_class' && (read[0]! < 2 || read[0]! > 10_000))
      fail(`nr_class is ${read[0]}: from 2 to 10,000 can be`);
    numbers.set(key, read);
  }
  const need = (key: string): number[] => numbers.get(key) ?? fail(`no line ${key} came before SV`);
  if (words.get('svm_type') !== 'c_svc') fail(`svm_type is ${words.get('svm_type') ?? 'missing'}: only c_svc is read`);
  const kernel = readKernel(words.get('kernel_type'), need, fail);
  const classCount = need('nr_class')[0]!;
  const total = need('total_sv')[0]!;
  const labels = need('label');
  const supportCounts = need('nr_sv');
  if (new Set(labels).size !== classCount) fail('a label comes twice in the line label');
  if (supportCounts.reduce((sum, count) => sum + count, 0) !== total)
    fail(`nr_sv does not add up to total_sv (${total})`);
  if (numbers.has('probA') !== numbers.has('probB')) fail('probA and probB come together or not at all');
  const body = lines.slice(at + 1);
  while (body.length > 0 && body[body.length - 1]!.trim() === '') body.pop();
  if (body.length !== total) fail(`total_sv is ${total}, and ${body.length} lines follow SV`);

  const coefficients = new Float64Array((classCount - 1) * total);
  const starts = new Int32Array(total + 1);
  const columns: number[] = [];
  const values: number[] = [];
  let columnCount = 0;
  body.forEach((line, s) => {
    const failHere = (what: string): never => fail(what, at + 1 + s);
    const parts = line.trim().split(/\s+/);
    for (let row = 0; row < classCount - 1; row++) {
      const value = readNumber(parts[row]);
      if (!Number.isFinite(value)) failHere(`needs ${classCount - 1} finite coefficients before its entries`);
      coefficients[row * total + s] = value;
    }
    readPairs(parts.slice(classCount - 1), failHere, (column, value) => {
      columns.push(column);
      values.push(value);
      columnCount = Math.max(columnCount, column + 1);
    });
    starts[s + 1] = columns.length;
  });
  const a = numbers.get('probA');
  const b = numbers.get('probB');
  return {
    kernel,
    labels: Int32Array.from(labels),
    supportVectors: {
      rowCount: total,
      columnCount,
      starts,
      columns: Int32Array.from(columns),
      values: Float64Array.from(values),
    },
    supportCounts: Int32Array.from(supportCounts),
    coefficients,
    rho: Float64Array.from(need('rho')),
    ...(a && b ? { sigmoids: { a: Float64Array.from(a), b: Float64Array.from(b) } } : {}),
  };
};

const readKernel = (
  name: string | undefined,
  need: (key: string) => number[],
  fail: (what: string) => never,
): Kernel => {
  const number = (key: string): number => need(key)[0]!;
  const kernel = ((): Kernel => {
    switch (name) {
      case 'linear':
        return { type: 'linear' };
      case 'rbf':
        return { type: 'rbf', gamma: number('gamma') };
      case 'sigmoid':
        return { type: 'sigmoid', gamma: number('gamma'), coef0: number('coef0') };
      case 'polynomial':
        return { type: 'polynomial', gamma: number('gamma'), coef0: number('coef0'), degree: number('degree') };
      default:
        return fail(`kernel_type is ${name ?? 'missing'}: linear, polynomial, rbf and sigmoid are read`);
    }
  })();
  try {
    checkKernel(kernel);
  } catch (error) {
    fail((error as Error).message.replace(/\.$/, ''));
  }
  return kernel;
};
