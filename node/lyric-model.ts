/** Opens the lyric model that ships. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { LyricModel } from '../src/lyrics/emotion-reader.ts';
import { parseLyricModel } from '../src/lyrics/reader-file.ts';
import { packagePath } from './package-root.ts';

let opened: Promise<LyricModel> | undefined;

/**
 * The model, read once; `undefined` where this installation has none.
 *
 * @throws {InvalidInputError} `lyrics/model`: the file is damaged.
 */
export const loadLyricModel = (): Promise<LyricModel> | Promise<undefined> => {
  const path = packagePath('models', 'lyrics-emotion.json.gz');
  if (!existsSync(path)) return Promise.resolve(undefined);
  opened ??= readFile(path).then((bytes) => parseLyricModel(gunzipSync(bytes).toString('utf8')));
  return opened;
};
