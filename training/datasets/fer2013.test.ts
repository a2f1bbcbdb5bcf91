/** The three forms of FER2013: what is read, and what bad input is told. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataPath, lacksData, needsData } from '../../test/data.ts';
import { countLabels, type FaceSet, hashPictures, PICTURE_BYTES, pictureAt, rowsOf } from './face-set.ts';
import { loadFer2013 } from './fer2013.ts';
import { FERPLUS_COLUMNS, voteShares } from './ferplus.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-fer2013-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Picture number `n`: no two alike, none blank. */
const picture = (n: number): Uint8Array => Uint8Array.from({ length: PICTURE_BYTES }, (_, i) => (i * 7 + n * 31) % 256);
const write = async (name: string, content: string | Uint8Array): Promise<string> => {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
};
const png = (pixels: Uint8Array, width = 48, colour: 'b-w' | 'srgb' = 'b-w'): Promise<Buffer> =>
  sharp(pixels, { raw: { width, height: pixels.length / width, channels: 1 } })
    .toColourspace(colour)
    .png()
    .toBuffer();
const strip = (numbers: readonly number[]): Promise<Buffer> =>
  png(Uint8Array.from(numbers.flatMap((n) => [...picture(n)])));
const row = (label: number, n: number, usage: string): string => `${label},${picture(n).join(' ')},${usage}\n`;
const expectPictures = (set: FaceSet, numbers: readonly number[]): void => {
  expect(set.images).toHaveLength(numbers.length * PICTURE_BYTES);
  for (const [i, n] of numbers.entries()) expect(Buffer.compare(pictureAt(set.images, i), picture(n))).toBe(0);
};
const HEADER = 'emotion,pixels,Usage\n';

describe('csv', () => {
  test('is read with its splits, quoted or not, in any column order', async () => {
    const plain = await write(
      'csv/a.csv',
      HEADER + row(3, 1, 'Training') + row(0, 2, 'PublicTest') + row(6, 3, 'PrivateTest'),
    );
    const set = await loadFer2013(plain);
    expectPictures(set, [1, 2, 3]);
    expect([...set.labels]).toEqual([3, 0, 6]);
    expect(set.splits).toEqual(['train', 'public', 'private']);
    expect(set.checksums[0]).toMatchObject({ of: 'md5 of a.csv', known: undefined });

    const turned = await write('csv/b.csv', `emotion, Usage, pixels\r\n4,PublicTest,"${picture(9).join(' ')}"\r\n`);
    const other = await loadFer2013(turned);
    expectPictures(other, [9]);
    expect(other.splits).toEqual(['public']);
  });

  test('without Usage: train.csv is Training, another name answers for any split', async () => {
    const rows = `emotion,pixels\n2,${picture(1).join(' ')}\n`;
    expect((await loadFer2013(await write('csv/train.csv', rows))).splits).toEqual(['train']);
    const own = await loadFer2013(await write('csv/mine.csv', rows));
    expect([...rowsOf(own, 'private')]).toEqual([0]);
    expect(own.notes.join()).toContain('mine.csv has no Usage column');
  });

  test.each([
    ['too few pixels', `0,1 2 3,Training\n`, '3 pixels where 48 x 48 = 2304 were expected'],
    ['a pixel above 255', `0,${picture(0).fill(9).join(' ')} 256,Training\n`, 'pixel 2305 is above 255'],
    ['no number', `0,1 2 x,Training\n`, 'pixel 3 is no whole number'],
    ['an unknown emotion', row(7, 1, 'Training'), 'emotion "7" is none of 0..6'],
    ['an unknown split', row(1, 1, 'Trainig'), 'Usage "Trainig" is none of'],
    ['a missing column', `1,${picture(1).join(' ')}\n`, '2 columns where the header has 3'],
    ['a column too many', row(1, 1, 'Training,x'), 'more columns than the 3'],
    ['a file cut short', row(1, 1, 'Training').slice(0, 500), 'pixels where 48 x 48'],
  ])('a row with %s is named by its line', async (name, bad, reason) => {
    const file = await write(`csv/bad ${name}.csv`, HEADER + row(1, 1, 'Training') + bad);
    await expect(loadFer2013(file)).rejects.toMatchObject({
      code: 'data/row',
      message: expect.stringContaining('line 3: '),
    });
    await expect(loadFer2013(file)).rejects.toThrow(reason);
  });

  test('a header without labels, an empty file and an absent file are refused', async () => {
    const unlabelled = await write('csv/test.csv', 'pixels\n1 2 3\n');
    await expect(loadFer2013(unlabelled)).rejects.toMatchObject({ code: 'data/header' });
    await expect(loadFer2013(await write('csv/none.csv', HEADER))).rejects.toMatchObject({ code: 'data/empty' });
    await expect(loadFer2013(join(folder, 'absent.csv'))).rejects.toMatchObject({ code: 'data/missing' });
  });

  test.each([
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 27, 91, 50, 74, 10, 1, 2)],
    ['zip', Uint8Array.of(0x50, 0x4b, 3, 4, 27, 91, 50, 74, 10, 1, 2)],
  ])('an archive (%s) is to be unpacked first, and its bytes stay off the screen', async (name, bytes) => {
    const error = await loadFer2013(await write(`csv/fer2013.${name}`, bytes)).catch((failure: Error) => failure);
    expect(error).toMatchObject({ code: 'data/header', message: expect.stringContaining('unpack it first') });
    expect((error as Error).message).not.toMatch(/\p{Cc}/u);
  });

  test('an empty split is named with what is held', async () => {
    const set = await loadFer2013(await write('csv/one.csv', HEADER + row(1, 1, 'Training')));
    expect(() => rowsOf(set, 'private')).toThrow(/no picture of the 'private' split \(it holds 1 of 'train'\)/);
  });
});

describe('packed', () => {
  test('rows and pictures of a split are matched in order, splits mixed', async () => {
    await write('packed/train-00.png', await strip([1, 2]));
    await write('packed/train-01.png', await strip([3]));
    await write('packed/public-00.png', await strip([4]));
    const labels = 'emotion,usage\n0,Training\n5,PublicTest\n1,Training\n2,Training\n';
    await write('packed/labels.csv', labels);
    const set = await loadFer2013(join(folder, 'packed'));
    expectPictures(set, [1, 4, 2, 3]);
    expect([...set.labels]).toEqual([0, 5, 1, 2]);
  });

  test('a folder with one split alone; rows of splits without files are left out and said', async () => {
    await write('private/private-00.png', await strip([7, 8]));
    await write('private/labels.csv', 'emotion,usage\n1,Training\n3,PrivateTest\n4,PrivateTest\n');
    const set = await loadFer2013(join(folder, 'private'));
    expectPictures(set, [7, 8]);
    expect([...set.labels]).toEqual([3, 4]);
    expect(set.notes).toEqual([expect.stringContaining("1 rows of 'train'")]);
  });

  test('another number of pictures than of rows gives both numbers', async () => {
    await write('short/public-00.png', await strip([1, 2]));
    await write('short/labels.csv', 'emotion,usage\n1,PublicTest\n3,PublicTest\n4,PublicTest\n');
    await expect(loadFer2013(join(folder, 'short'))).rejects.toThrow(/3 rows of 'public'.* hold 2 pictures/);
  });

  test('a file that is no picture, one of another width, and a bad label row are named', async () => {
    await write('bad/labels.csv', 'emotion,usage\n1,PublicTest\n');
    await write('bad/public-00.png', 'text');
    await expect(loadFer2013(join(folder, 'bad'))).rejects.toMatchObject({ code: 'data/not-image' });
    await write('bad/public-00.png', await png(new Uint8Array(96 * 24), 96));
    await expect(loadFer2013(join(folder, 'bad'))).rejects.toThrow(/96x24/);
    await write('bad/labels.csv', 'emotion,usage\n1,PublicTest\n9,PublicTest\n');
    await expect(loadFer2013(join(folder, 'bad'))).rejects.toThrow(/line 3: "9,PublicTest"/);
  });
});

describe('class folders', () => {
  test('are read with splits, other spellings and colour; a test folder beside a validation one is private', async () => {
    await write('tree/Training/happiness/a.png', await png(picture(1)));
    await write('tree/Training/anger/b.png', await png(picture(2), 48, 'srgb'));
    await write('tree/validation/6/c.png', await png(picture(3)));
    await write('tree/test/Fearful/d.png', await png(picture(4)));
    await write('tree/test/Fearful/notes.txt', 'x');
    const set = await loadFer2013(join(folder, 'tree'));
    expect(set.splits).toEqual(['train', 'train', 'private', 'public']);
    expect([...set.labels]).toEqual([0, 3, 2, 6]);
    expectPictures(set, [2, 1, 4, 3]);
    expect(set.notes.join()).toContain('notes.txt');
    expect(set.notes.join()).toContain('The train pictures hold none of: disgust');
  });

  test('without splits, the folder itself may name one; a lone test folder answers for public and private', async () => {
    await write('lone/test/sad/a.png', await png(picture(1)));
    expect((await loadFer2013(join(folder, 'lone/test'))).splits).toEqual(['test']);
    const set = await loadFer2013(join(folder, 'lone'));
    expect([...rowsOf(set, 'public')]).toEqual([0]);
    expect([...rowsOf(set, 'private')]).toEqual([0]);
    expect(() => rowsOf(set, 'train')).toThrow(/'train' split/);
  });

  test('another size, a file that is no picture, an unknown class and an empty folder are named', async () => {
    await write('size/sad/a.png', await png(new Uint8Array(64 * 64), 64));
    await expect(loadFer2013(join(folder, 'size'))).rejects.toThrow(/a\.png is 64x64: expected 48x48/);
    await write('small/sad/a.png', await png(new Uint8Array(40 * 40), 40));
    await expect(loadFer2013(join(folder, 'small'))).rejects.toThrow(/a\.png is 40x40: expected 48x48/);
    await write('text/sad/a.jpg', 'no picture');
    await expect(loadFer2013(join(folder, 'text'))).rejects.toMatchObject({ code: 'data/not-image' });
    await write('class/contempt/a.png', await png(picture(1)));
    await expect(loadFer2013(join(folder, 'class'))).rejects.toMatchObject({ code: 'data/class' });
    await mkdir(join(folder, 'empty'));
    await expect(loadFer2013(join(folder, 'empty'))).rejects.toMatchObject({ code: 'data/empty' });
  });
});

describe('FERPlus', () => {
  const votesHeader = `Usage,Image name,${FERPLUS_COLUMNS.join(',')}\n`;

  test('votes are matched by place within the split, or left out with a note where counts differ', async () => {
    await write('votes/data.csv', HEADER + row(1, 1, 'PublicTest') + row(1, 2, 'PublicTest'));
    const before = 'Training,fer0000000.png,9,0,0,0,0,0,0,0,0,1\n';
    const votes = 'PublicTest,fer0028638.png,4,0,0,1,3,2,0,0,0,0\nPublicTest,,0,0,0,0,0,0,0,0,0,10\n';
    await write('votes/fer2013new.csv', votesHeader + before + votes);
    const set = await loadFer2013(join(folder, 'votes'));
    expect([...set.votes!]).toEqual([4, 0, 0, 1, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10]);
    // anger 3, disgust 2, sadness 1, neutral 4 of ten.
    expect(voteShares(set.votes!, 0)).toEqual([0.3, 0.2, 0, 0, 0.1, 0, 0.4]);
    expect(voteShares(set.votes!, 1)).toBeUndefined();

    await write('fewer/data.csv', HEADER + row(1, 1, 'PublicTest'));
    const other = await write('fewer/fer2013new.csv', votesHeader + votes);
    const fewer = await loadFer2013(join(folder, 'fewer'));
    expect(fewer.votes).toBeUndefined();
    expect(fewer.notes.join()).toContain('cannot be matched');
    await expect(loadFer2013(join(folder, 'fewer'), { votesPath: other })).rejects.toMatchObject({
      code: 'data/votes',
    });
  });

  test('pictures with FERPlus names are matched by name; a name given twice matches nothing', async () => {
    await write('named/train/sad/fer0000002.png', await png(picture(1)));
    await write('named/train/sad/fer0000001.png', await png(picture(2)));
    const votes = ['1', '2', '2'].map((n, i) => `Training,fer000000${n}.png,${i},0,0,9,0,0,0,0,0,0\n`).join('');
    await write('named/fer2013new.csv', votesHeader + votes);
    const set = await loadFer2013(join(folder, 'named'));
    expect(voteShares(set.votes!, 0)).toEqual([0, 0, 0, 0, 1, 0, 0]);
    expect(voteShares(set.votes!, 1)).toBeUndefined();
  });

  test('a bad row is named by its line', async () => {
    await write('badvotes/data.csv', HEADER + row(1, 1, 'Training'));
    await write('badvotes/fer2013new.csv', `${votesHeader}Training,x.png,1,2\n`);
    await expect(loadFer2013(join(folder, 'badvotes'))).rejects.toThrow(/line 2/);
  });
});

describe.skipIf(lacksData('fer2013'))(`the original data ${needsData('fer2013')}`, () => {
  test('counts and pixel sums are the known ones, and votes agree as far as they are known to', async () => {
    const set = await loadFer2013(dataPath('fer2013'));
    const train = rowsOf(set, 'train');
    expect(countLabels(set.labels, train)).toEqual([3995, 436, 4097, 7215, 4830, 3171, 4965]);
    expect(countLabels(set.labels, rowsOf(set, 'public'))).toEqual([467, 56, 496, 895, 653, 415, 607]);
    expect(set.checksums.map(({ known }) => known)).toEqual([
      'FER2013 Training (28,709 pictures)',
      'FER2013 PublicTest (3,589 pictures)',
    ]);
    // The data's README gives 62.9 % agreement for all 35,887; a shifted row would bring it to about 15 %.
    const agree = [...train].filter((at) => {
      const shares = voteShares(set.votes!, at);
      return shares && shares.indexOf(Math.max(...shares)) === set.labels[at];
    });
    expect(agree.length / train.length).toBeCloseTo(0.63, 1);
    expect(hashPictures(set.images, train)).toHaveLength(64);
  });

  test("written as Kaggle wrote it, Training has the md5 of Kaggle's train.csv and is recognised", async () => {
    const set = await loadFer2013(dataPath('fer2013'));
    const file = join(folder, 'kaggle.csv');
    const parts = ['emotion,pixels\r\n'];
    for (const at of rowsOf(set, 'train')) parts.push(`${set.labels[at]},"${pictureAt(set.images, at).join(' ')}"\r\n`);
    const text = parts.join('');
    expect(createHash('md5').update(text).digest('hex')).toBe('3f0dfb3d3fd99c811a1299cb947e3131');
    await writeFile(file, text);
    const read = await loadFer2013(file);
    expect(read.checksums.map(({ known }) => known)).toEqual([
      "Kaggle's train.csv (28,709 rows of Training)",
      'FER2013 Training (28,709 pictures)',
    ]);
  });
});
