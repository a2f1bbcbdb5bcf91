import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,node,browser,training,server,cli,scripts,web}/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 20_000,
  },
});
