import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { dataPath, lacksData, needsData } from '../../test/data.ts';
import { fiveClassLabel, readLabelledTexts, readSongs } from './lyrics.ts';

const folder = await mkdtemp(join(tmpdir(), 'attune-lyrics-'));
afterAll(() => rm(folder, { recursive: true }));

const song = (fields: object): string =>
  JSON.stringify({
    id: 7,
    label: 'sad',
    fold: 2,
    tokens: 9,
    lines: 3,
    uniqueLines: 2,
    bag: { 痛: 2 },
    mod: { '不|痛': 1 },
    ...fields,
  });

test('reads songs as counts, packed or not, by file or by folder', async () => {
  const path = join(folder, 'zh-lyrics-7emotion-bow.jsonl.gz');
  await writeFile(
    path,
    gzipSync(`${song({})}\n${song({ id: undefined, artist: 'A', title: 'B', fold: undefined, split: 'train' })}\n`),
  );
  const songs = await readSongs(folder, 'zh-lyrics-7emotion');
  expect(songs).toEqual(await readSongs(path, 'zh-lyrics-7emotion'));
  expect(songs[0]).toEqual({
    id: '7',
    label: 'sad',
    part: '2',
    counts: { words: 9, lines: 3, uniqueLines: 2, bag: new Map([['痛', 2]]), modified: new Map([['不|痛', 1]]) },
  });
  expect(songs[1]).toMatchObject({ id: 'A - B', part: 'train' });
});

test.each([
  ['{', /line 1: this is no JSON/],
  [song({ label: 1 }), /no label/],
  [`${song({})}\n${song({ bag: [1] })}`, /line 2: bag/],
  [song({ bag: { 痛: -1 } }), /bag/],
  [song({ mod: { x: 'y' } }), /mod/],
])('refuses %s', async (text, message) => {
  const path = join(folder, 'bad.jsonl');
  await writeFile(path, text);
  await expect(readSongs(path, 'en-4q')).rejects.toThrow(
    expect.objectContaining({ code: 'lyrics/data', message: expect.stringMatching(message) }),
  );
});

test('says where a set was looked for, and what columns were missing', async () => {
  await expect(readSongs(folder, 'en-4q')).rejects.toThrow(/There is no en-lyrics-4q-nju-bow\.jsonl\.gz in/);
  await writeFile(join(folder, 'en-isear.tsv.gz'), gzipSync('a\tb\n1\t2\n'));
  await expect(readLabelledTexts(folder, 'en-isear')).rejects.toThrow(/columns a, b: expected label and text/);
});

test('a poem has its lines, the name of its step, and its poet for what must not be parted', async () => {
  const path = join(folder, 'poems.tsv');
  await writeFile(
    path,
    'sentiment\tline_sentiments\tdynasty\tpoet\ttitle\tpoem\n4\t3,4\t宋\t王安石\t梅花\t墙角数枝梅|凌寒独自开\n',
  );
  expect(await readLabelledTexts(path, 'zh-poems')).toEqual([
    { source: '', label: 'implicit positive', part: '', text: '墙角数枝梅\n凌寒独自开', group: '王安石' },
  ]);
});

test('five classes as the authors have them', () => {
  expect(['sad', 'disgust', 'surprise', 'non'].map(fiveClassLabel)).toEqual(['sad', 'angry', undefined, 'non']);
});

test.skipIf(lacksData('lyrics'))(`reads the sets whole ${needsData('lyrics')}`, async () => {
  const songs = await readSongs(dataPath('lyrics'), 'zh-lyrics-7emotion');
  expect(songs.length).toBe(2871);
  expect(songs.filter(({ label }) => label === 'sad').length).toBe(1134);
  expect(new Set(songs.map(({ part }) => part))).toEqual(new Set(['0', '1', '2', '3']));
  const texts = await readLabelledTexts(dataPath('lyrics'), 'en-goemotions');
  expect(texts.length).toBe(54_263);
  expect(texts[0]).toEqual({
    source: '',
    label: 'neutral',
    part: 'train',
    text: "My favourite food is anything I didn't have to cook myself.",
    group: "My favourite food is anything I didn't have to cook myself.",
  });
  const poems = await readLabelledTexts(dataPath('lyrics'), 'zh-poems');
  const counts = ['negative', 'implicit negative', 'neutral', 'implicit positive', 'positive'].map(
    (name) => poems.filter(({ label }) => label === name).length,
  );
  expect(counts).toEqual([289, 1466, 1328, 1562, 355]);
});
