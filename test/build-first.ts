/** Brings dist/ up to date before the tests that run the built package, so that they never test an older one. */
import { build } from '../scripts/build.ts';

export const setup = (): void => {
  build({ say: (line) => console.log(line) });
};
