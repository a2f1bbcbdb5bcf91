/** Where this package's own files lie, whether it runs from its sources or from dist/. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// node/package-root.ts lies one folder below the root, dist/node/package-root.js two.
const here = dirname(fileURLToPath(import.meta.url));

/** The folder that holds Attune's package.json. */
export const packageRoot: string = existsSync(join(here, '..', 'package.json'))
  ? join(here, '..')
  : join(here, '..', '..');

/** The path of a file that ships with the package, for example `packagePath('models', 'expression.onnx')`. */
export const packagePath = (...parts: readonly string[]): string => join(packageRoot, ...parts);
