/** What every `attune evaluate …` does around its measurement: a bad target refused first, progress, the report printed and kept. */
import { checkJsonTarget, createProgress, isScreen, type JsonTarget, percent, print, writeJson } from './output.ts';

export interface Measurement<Report> {
  readonly json: JsonTarget;
  readonly measure: (say: (progress: string) => void) => Promise<Report>;
  /** The report as text for the screen. */
  readonly describe: (report: Report) => string;
  /** Writes what is kept beside, before anything is printed. @default nothing */
  readonly keep?: (report: Report) => Promise<void>;
}

/** With JSON on the screen nothing else is. */
export const printMeasured = async <Report>({ json, measure, describe, keep }: Measurement<Report>): Promise<void> => {
  checkJsonTarget(json);
  const progress = createProgress();
  try {
    const report = await measure(progress.say);
    progress.clear();
    await keep?.(report);
    if (json !== undefined) writeJson(report, json);
    if (!isScreen(json)) print(describe(report));
  } finally {
    progress.clear();
  }
};

/** For reports that are kept in a folder: the sentence that says where, or nothing. */
export const whereKept = (out: string | undefined): string =>
  out === undefined ? '' : `\nThe whole report lies in ${out}.`;

/** A class's recall; a dash where the data has none of it, which is no failure. */
export const recallOf = ({ recall, support }: { readonly recall: number; readonly support: number }): string =>
  support === 0 ? '-' : percent(recall);

/** The options that were given: those left out are not there at all, so that the defaults of what they are passed to hold. */
export const given = <Options extends object>(
  options: Options,
): { [Name in keyof Options]?: Exclude<Options[Name], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Options]?: Exclude<Options[Name], undefined>;
  };
