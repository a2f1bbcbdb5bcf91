/** Where the data sets for tests lie, and what a test says that is skipped because one is absent. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../node/package-root.ts';

const dataRoot = process.env.ATTUNE_DATA ?? join(packageRoot, '..', 'shared', 'data');

/** The path of something in the data folder: `ATTUNE_DATA`, else ../shared/data. It need not exist. */
export const dataPath = (...parts: readonly string[]): string => join(dataRoot, ...parts);

/**
 * Whether a data set is absent, for `test.skipIf(lacksData('fer2013'))`. The test's name ends in
 * `needsData('fer2013')`, so that the skipped test says why and CI can tell it from others.
 */
export const lacksData = (name: string): boolean => !existsSync(dataPath(name));

/** @returns for example `(needs ../shared/data/fer2013)` */
export const needsData = (name: string): string => `(needs ../shared/data/${name})`;
