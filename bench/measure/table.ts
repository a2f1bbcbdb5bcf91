/** Prints tables, and hands them to bench/main.ts where it started this benchmark. */
import { cpus, loadavg } from 'node:os';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  /** Text to the left, numbers to the right; a number is printed as it stands. */
  readonly rows: readonly (readonly (string | number)[])[];
  /** Sentences under the table. */
  readonly notes: readonly string[];
}

export const printTable = (table: Table): void => {
  const { title, columns, rows, notes } = table;
  const cells = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at]!.length)));
  const isNumber = columns.map((_, at) => rows.every((row) => /^[-+\d.,–% ]*$|^$/.test(String(row[at]))));
  console.log(`\n${title}`);
  for (const row of cells)
    console.log(
      row
        .map((cell, at) => (isNumber[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
        .join('  ')
        .trimEnd(),
    );
  for (const note of notes) console.log(`  ${note}`);
  process.send?.(table);
};

/** Says how busy the machine is: other work makes times by the clock longer, processor times less so. */
export const describeLoad = (): string => {
  const [load] = loadavg();
  return `At the end of the run ${load!.toFixed(1)} processes wanted the ${cpus().length} cores of this machine.`;
};

/** Numbers as the tables print them. */
export const milliseconds = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
export const ratio = (value: number): string => value.toFixed(2);
export const percent = (share: number): string => (100 * share).toFixed(2);
