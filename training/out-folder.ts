/** The folder that a command leaves its work in: made and tried before hours are spent on what goes there. */
import { access, constants, mkdir } from 'node:fs/promises';
import { InvalidInputError } from '../src/base/errors.ts';

/** @throws {InvalidInputError} `out/cannot-write`: it is a file, lies below one, or is not this user's to write to. */
export const makeOutFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file of that name is in the way' : String(code ?? cause);
    throw new InvalidInputError(
      'out/cannot-write',
      `${path} cannot be a folder to write to (${why}): give another one with --out.`,
      { cause },
    );
  }
};
