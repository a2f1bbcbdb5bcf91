/** The sound sets in their own layouts: what is read from names and tables, and what is told of files that do not fit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataPath, lacksData, needsData } from '../../test/data.ts';
import { loadEmodb } from './emodb.ts';
import { loadEmotify } from './emotify.ts';
import { loadFsdd } from './fsdd.ts';
import { readGtzanFeatures, readGtzanSplit } from './gtzan.ts';
import { loadRavdess } from './ravdess.ts';
import { groupsOf } from './sound-set.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-sets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('FSDD', () => {
  it.skipIf(lacksData('fsdd'))(
    `has 3,000 digits of six speakers, a tenth of them for the test ${needsData('fsdd')}`,
    async () => {
      const { clips } = await loadFsdd(dataPath('fsdd'));
      expect(clips).toHaveLength(3000);
      expect(groupsOf(clips)).toEqual(['george', 'jackson', 'lucas', 'nicolas', 'theo', 'yweweler']);
      expect(clips.filter(({ part }) => part === 'test')).toHaveLength(300);
      const first = clips.find(({ id }) => id === '0_george_0')!;
      // 2,384 samples at 8 kHz.
      expect(first.samples.length).toBe(4768);
      expect(first.label).toBe(0);
    },
  );

  it('tells what is missing from the table', async () => {
    await expect(loadFsdd(folder)).rejects.toMatchObject({ code: 'data/not-found' });
    writeFileSync(join(folder, 'index.csv'), 'speaker,digit,take\nanna,0,0\n');
    await expect(loadFsdd(folder)).rejects.toMatchObject({
      code: 'data/columns',
      message: expect.stringMatching(/offset, length/),
    });
    writeFileSync(join(folder, 'index.csv'), 'speaker,digit,take,offset,length\nanna,0,0,0,100\n');
    await expect(loadFsdd(folder)).rejects.toMatchObject({
      code: 'data/sound',
      message: expect.stringMatching(/anna\.flac/),
    });
  });
});

describe('RAVDESS and EMO-DB', () => {
  it('take only files named as theirs', async () => {
    writeFileSync(join(folder, 'notes.txt'), '');
    await expect(loadRavdess(folder)).rejects.toMatchObject({ code: 'data/not-found' });
    await expect(loadEmodb(folder)).rejects.toMatchObject({ code: 'data/not-found' });
  });
});

describe('Emotify', () => {
  it('refuses a table of other columns, a genre it does not know and a sound that is not there', async () => {
    const table = join(folder, 'index.csv');
    writeFileSync(table, 'file,genre\nx.opus,rock\n');
    await expect(loadEmotify(folder)).rejects.toMatchObject({ code: 'data/columns' });
    const columns =
      'file,genre,track_id,seconds,raters,amazement,solemnity,tenderness,nostalgia,calmness,power,joyful_activation,tension,sadness';
    writeFileSync(table, `${columns}\nx.opus,polka,1,60,9,0,0,0,0,0,0,0,0,0\n`);
    await expect(loadEmotify(folder)).rejects.toMatchObject({
      code: 'data/index',
      message: expect.stringMatching(/polka/),
    });
    writeFileSync(table, `${columns}\nx.opus,rock,1,60,9,0,0,0,0,0,0,0,0,0\n`);
    await expect(loadEmotify(folder)).rejects.toMatchObject({ code: 'data/sound' });
  });
});

describe('GTZAN', () => {
  it.skipIf(lacksData('gtzan'))(
    `has a table of 57 features and lists that share no song ${needsData('gtzan')}`,
    async () => {
      const rows = await readGtzanFeatures(dataPath('gtzan'));
      expect(rows).toHaveLength(1000);
      expect(rows[0]).toMatchObject({ id: 'blues.00000', genre: 0 });
      expect(rows[0]!.features).toHaveLength(57);
      expect(rows[0]!.features[0]).toBeCloseTo(0.35008811950683594, 9);
      // rms_var, as its root.
      expect(rows[0]!.features[3]).toBeCloseTo(Math.sqrt(0.0028266964945942163), 9);
      const filtered = await readGtzanSplit(dataPath('gtzan'), 'filtered');
      expect([filtered.train, filtered.valid, filtered.test].map(({ length }) => length)).toEqual([443, 197, 290]);
      expect(new Set([...filtered.train, ...filtered.valid, ...filtered.test]).size).toBe(930);
      const stratified = await readGtzanSplit(dataPath('gtzan'), 'stratified');
      expect([stratified.train, stratified.valid, stratified.test].map(({ length }) => length)).toEqual([
        500, 250, 250,
      ]);
    },
  );
});
