import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The JSON is what scripts/test-summary.ts counts for CI.
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,node,browser,training,server,cli,scripts,web}/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'whole', // several rooms, real programs, a real browser: on what `npm run build` made
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/build-first.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
