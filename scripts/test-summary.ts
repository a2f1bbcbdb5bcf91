/** Prints the counts of the last `npm test` as one line for CI, and fails where a data test was skipped although its data is there. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What vitest's JSON reporter writes, as far as it is read here. */
export interface TestReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface TestSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Data tests that did not run although the data is there; they count as failed. */
  readonly skippedInVain: readonly string[];
}

/**
 * Counts the tests of a report.
 *
 * A skipped test whose name says `needs ../shared/data` is a failure where `dataMustRun`: the data lies there, so it had to run.
 * A file that failed before its first test (an import that does not resolve) counts as one failed test.
 */
export const summarise = (report: TestReport, dataMustRun: boolean): TestSummary => {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const count = (...states: readonly string[]): number => tests.filter(({ status }) => states.includes(status)).length;
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const skippedInVain = dataMustRun
    ? skipped.map(({ fullName }) => fullName).filter((name) => name.includes('needs ../shared/data'))
    : [];
  return {
    passed: count('passed'),
    failed: count('failed') + brokenFiles + skippedInVain.length,
    skipped: skipped.length - skippedInVain.length,
    skippedInVain,
  };
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = '.cache/vitest.json';
  const dataMustRun = Boolean(process.env.CI) && existsSync(resolve('..', 'shared', 'data'));
  const summary: TestSummary = existsSync(file)
    ? summarise(JSON.parse(readFileSync(file, 'utf8')) as TestReport, dataMustRun)
    : { passed: 0, failed: 1, skipped: 0, skippedInVain: [] }; // a check before the tests failed, and none of them ran
  for (const name of summary.skippedInVain) console.log(`Skipped although ../shared/data is there: ${name}`);
  console.log(`${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped`);
  process.exitCode = summary.failed > 0 || summary.passed === 0 ? 1 : 0;
}
