import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMOTIONS } from '../src/base/emotions.ts';
import { GOALS, moodTarget } from '../src/music/mood-target.ts';
import { recommend } from '../src/music/recommend.ts';
import { loadCatalogue } from './catalogue.ts';

const CSV = 'title,artist,year,language,emotion,tags,typical\n稻香,周杰伦,2008,zh,happy,mandopop,\n';
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-catalogue-'));
});
afterAll(() => rm(folder, { recursive: true }));

const write = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};

describe('loadCatalogue', () => {
  it("reads a user's file in UTF-8 and UTF-16", async () => {
    for (const content of [CSV, `\uFEFF${CSV}`, Buffer.from(`\uFEFF${CSV}`, 'utf16le')]) {
      const [song] = await loadCatalogue(await write('songs.csv', content));
      expect(song).toMatchObject({ title: '稻香', artist: '周杰伦', emotion: 'happy' });
    }
  });

  it('reads a file longer than one piece whole', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `歌曲 ${i},歌手 ${i % 97},2001,zh,sad,ballad,\n`);
    const catalogue = await loadCatalogue(await write('long.csv', `${CSV.split('\n')[0]}\n${rows.join('')}`));
    expect(catalogue.size).toBe(20_000);
    expect(catalogue.find('歌手-5/歌曲-5')?.title).toBe('歌曲 5');
  });

  it('says what is wrong with what it was given', async () => {
    const gbk = Buffer.concat([Buffer.from('title,artist,emotion,tags\n'), Buffer.from([0xb5, 0xbe, 0xcf, 0xe3])]);
    await expect(loadCatalogue(await write('gbk.csv', gbk))).rejects.toMatchObject({ code: 'catalogue/encoding' });
    await expect(loadCatalogue(await write('bad.csv', `${CSV}x,y,z\n`))).rejects.toMatchObject({
      code: 'catalogue/invalid',
    });
    await expect(loadCatalogue(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'catalogue/not-found' });
    await expect(loadCatalogue(folder)).rejects.toMatchObject({ code: 'catalogue/not-found' });
  });

  it('reads the catalogue that ships, which has twenty songs for every mood and goal, drawn as the goal wants', async () => {
    const catalogue = await loadCatalogue();
    expect(catalogue.size).toBeGreaterThanOrEqual(700);
    for (const mood of EMOTIONS) {
      for (const goal of GOALS) {
        const { songs } = recommend({ mood, goal, catalogue });
        expect(songs).toHaveLength(20);
        const { path } = moodTarget(mood, goal);
        let end = 0;
        for (const { share, tags } of path) {
          const stage = songs.slice(end, end + share * 20);
          end += share * 20;
          const wanted = Object.keys(tags);
          if (wanted.length > 0)
            expect(stage.filter(({ why }) => !why.some((tag) => wanted.includes(tag)))).toEqual([]);
        }
        expect(songs.filter(({ why }) => why.length === 0)).toEqual([]);
      }
    }
  });
});
