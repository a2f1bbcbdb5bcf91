/** Face pictures sorted into class folders: `train/happy/*.png`, or `happy/*.png` without splits. */

import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import sharp, { type OutputInfo } from 'sharp';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import {
  ACCEPTED_SPLIT_NAMES,
  type FaceSet,
  PICTURE_BYTES,
  PICTURE_SIDE,
  parseSplitName,
  type RowSplit,
} from './face-set.ts';

/** The folder names that are read as each emotion, besides its number 0..6; any case. */
export const CLASS_FOLDER_NAMES: Readonly<Record<Emotion, readonly string[]>> = {
  angry: ['angry', 'anger'],
  disgust: ['disgust', 'disgusted'],
  fear: ['fear', 'fearful', 'afraid', 'scared'],
  happy: ['happy', 'happiness', 'joy'],
  sad: ['sad', 'sadness'],
  surprise: ['surprise', 'surprised'],
  neutral: ['neutral'],
};

const parseClassFolder = (name: string): number => {
  const plain = name.toLowerCase().trim();
  return EMOTIONS.findIndex((emotion, label) => CLASS_FOLDER_NAMES[emotion].includes(plain) || plain === String(label));
};

const IMAGE_FILE = /\.(png|jpe?g|webp|gif|tiff?|avif)$/i;
/** Files decoded at once: enough to keep sharp's own threads busy. */
const DECODES_AT_ONCE = 16;

interface PictureFile {
  readonly file: string;
  readonly label: number;
  readonly split: RowSplit;
}

/**
 * Reads class folders, with or without split folders above them; colour is turned into gray. Rows come in the order
 * split (by name), emotion, file name. A `test` folder beside a public or validation one is the private split.
 *
 * @throws {InvalidInputError} `data/class`: a folder with no emotion's name. `data/size`: a picture is not 48x48.
 *   `data/not-image`: a file cannot be decoded. `data/empty`: no picture at all.
 */
export const readFaceFolders = async (path: string): Promise<FaceSet & { readonly files: readonly string[] }> => {
  const notes: string[] = [];
  const folders = await listFolders(path);
  const splitFolders = folders.flatMap((folder) => {
    const split = parseSplitName(folder);
    return split ? [{ folder, split }] : [];
  });
  const pictures: PictureFile[] = [];
  if (splitFolders.length > 0) {
    const hasPublic = splitFolders.some(({ split }) => split === 'public');
    for (const { folder, split } of splitFolders) {
      const meant = split === 'test' && hasPublic ? 'private' : split;
      pictures.push(...(await listClasses(join(path, folder), meant, notes)));
    }
    const others = folders.filter((folder) => !parseSplitName(folder));
    if (others.length) notes.push(`Folders that are no split were left out: ${others.join(', ')}.`);
  } else {
    // `--data DIR/train` is a folder of classes whose own name tells the split.
    pictures.push(...(await listClasses(path, parseSplitName(basename(resolve(path))) ?? 'none', notes)));
  }
  if (pictures.length === 0) {
    throw new InvalidInputError(
      'data/empty',
      `${path} holds no pictures in class folders: expected ${EMOTIONS.join(', ')} (each with .png or .jpg files), alone or below folders named ${ACCEPTED_SPLIT_NAMES}.`,
    );
  }
  for (const split of new Set(pictures.map((picture) => picture.split))) {
    const labels = new Set(pictures.filter((picture) => picture.split === split).map((picture) => picture.label));
    const missing = EMOTIONS.filter((_, label) => !labels.has(label));
    if (missing.length) notes.push(`The ${split} pictures hold none of: ${missing.join(', ')}.`);
  }
  const images = new Uint8Array(pictures.length * PICTURE_BYTES);
  let next = 0;
  const decodeNext = async (): Promise<void> => {
    for (let row = next++; row < pictures.length; row = next++) {
      await decodePicture(pictures[row]!.file, images, row * PICTURE_BYTES);
    }
  };
  await Promise.all(Array.from({ length: DECODES_AT_ONCE }, decodeNext));
  return {
    name: basename(resolve(path)),
    form: 'folders',
    path,
    images,
    labels: Uint8Array.from(pictures, (picture) => picture.label),
    splits: pictures.map((picture) => picture.split),
    checksums: [],
    notes,
    files: pictures.map((picture) => picture.file),
  };
};

const listFolders = async (path: string): Promise<string[]> =>
  (await readdir(path, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();

const listClasses = async (path: string, split: RowSplit, notes: string[]): Promise<PictureFile[]> => {
  const pictures: PictureFile[] = [];
  for (const folder of await listFolders(path)) {
    const label = parseClassFolder(folder);
    if (label < 0) {
      const accepted = EMOTIONS.map((emotion) => CLASS_FOLDER_NAMES[emotion].join('/')).join(', ');
      throw new InvalidInputError(
        'data/class',
        `${join(path, folder)} is none of the seven emotions: rename or move it. Accepted names: ${accepted}, or 0..6.`,
      );
    }
    const names = (await readdir(join(path, folder))).filter((name) => !name.startsWith('.')).sort();
    const others = names.filter((name) => !IMAGE_FILE.test(name));
    if (others.length)
      notes.push(`${others.length} files that are no pictures were left out of ${join(path, folder)} (${others[0]}).`);
    for (const name of names) {
      if (IMAGE_FILE.test(name)) pictures.push({ file: join(path, folder, name), label, split });
    }
  }
  return pictures.sort((a, b) => a.label - b.label);
};

const decodePicture = async (file: string, images: Uint8Array, offset: number): Promise<void> => {
  let decoded: { data: Buffer; info: OutputInfo };
  try {
    // The limit refuses a large picture by its header, before anything is decoded.
    decoded = await sharp(file, { limitInputPixels: PICTURE_BYTES }).raw().toBuffer({ resolveWithObject: true });
  } catch (cause) {
    const size = await sharp(file, { limitInputPixels: false })
      .metadata()
      .catch(() => undefined);
    if (size && size.width * size.height > PICTURE_BYTES) throw wrongSize(file, size.width, size.height);
    throw new InvalidInputError('data/not-image', `${file} cannot be read as a picture: replace or remove it.`, {
      cause,
    });
  }
  const { data, info } = decoded;
  if (info.width !== PICTURE_SIDE || info.height !== PICTURE_SIDE) throw wrongSize(file, info.width, info.height);
  if (info.channels < 3) {
    for (let i = 0; i < PICTURE_BYTES; i++) images[offset + i] = data[i * info.channels]!;
    return;
  }
  for (let i = 0; i < PICTURE_BYTES; i++) {
    const at = i * info.channels;
    // Rec. 601 luma in whole numbers: equal red, green and blue come out unchanged.
    images[offset + i] = (299 * data[at]! + 587 * data[at + 1]! + 114 * data[at + 2]! + 500) / 1000;
  }
};

const wrongSize = (file: string, width: number, height: number) =>
  new InvalidInputError('data/size', `${file} is ${width}x${height}: expected 48x48. Resize it or remove it.`);
