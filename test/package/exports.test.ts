/** What an installed package gives by name: every model that ships, and a card for each. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../node/package-root.ts';

const { exports } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
const models = readdirSync(packagePath('models')).filter((file) => /\.(onnx|json\.gz)$/.test(file));

test.each(models)('models/%s can be imported by its name', (file) => {
  expect(exports[`./models/${file}`]).toBe(`./models/${file}`);
});

test('the baselines have a card too, which names every file', () => {
  const folder = packagePath('models', 'baselines');
  const card = existsSync(`${folder}/README.md`) ? readFileSync(`${folder}/README.md`, 'utf8') : '';
  for (const file of readdirSync(folder)) if (file !== 'README.md') expect(card).toContain(file);
});
