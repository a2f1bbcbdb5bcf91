import { expect, test } from 'vitest';
import { summarise, type TestReport } from './test-summary.ts';

const report = (...files: readonly (readonly [status: string, ...tests: readonly string[]])[]): TestReport => ({
  testResults: files.map(([status, ...tests]) => ({
    status,
    assertionResults: tests.map((line) => {
      const [state = '', ...name] = line.split(' ');
      return { status: state, fullName: name.join(' ') };
    }),
  })),
});

test('counts passed, failed and skipped tests', () => {
  const files = report(['passed', 'passed a', 'passed b', 'pending c'], ['failed', 'failed d', 'todo e']);
  expect(summarise(files, false)).toMatchObject({ passed: 2, failed: 1, skipped: 2 });
});

test('a file that broke before its first test is a failure', () => {
  expect(summarise(report(['failed'], ['passed', 'passed a']), false)).toMatchObject({ passed: 1, failed: 1 });
});

test('a data test skipped although its data is there is a failure', () => {
  const files = report([
    'passed',
    'passed a',
    'skipped faces (needs ../shared/data/face-photos)',
    'skipped b (needs WebGPU)',
  ]);
  expect(summarise(files, true)).toMatchObject({
    passed: 1,
    failed: 1,
    skipped: 1,
    skippedInVain: ['faces (needs ../shared/data/face-photos)'],
  });
  expect(summarise(files, false)).toMatchObject({ passed: 1, failed: 0, skipped: 2 });
});
