import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from './package-root.ts';

test('the package root holds the package.json of attune', () => {
  expect(JSON.parse(readFileSync(packagePath('package.json'), 'utf8'))).toMatchObject({ name: 'attune' });
});
