import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The JSON is what scripts/test-summary.ts counts for CI.
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,node,browser,training,server,cli,scripts,web,bench}/**/*.test.ts'],
          testTimeout: 60_000, // some train for a moment: seconds alone, a minute on a busy machine
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'whole', // several rooms and real programs, on what `npm run build` made
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**'],
          globalSetup: ['test/build-first.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'browser', // a real one; last and one file at a time, because cameras and videos do not wait for a busy machine
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/build-first.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
