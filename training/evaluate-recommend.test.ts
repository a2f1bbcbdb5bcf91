import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { dataPath, lacksData, needsData } from '../test/data.ts';
import { evaluateRecommend } from './evaluate-recommend.ts';

const folders: string[] = [];
const folderWith = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'attune-recommend-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
  }
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const table = (columns: string, rows: readonly (readonly (string | number)[])[]): string =>
  `${[columns.replaceAll(' ', '\t'), ...rows.map((row) => row.join('\t'))].join('\n')}\n`;

/** Two tastes without anything in common: artists 1 to 20 have tag 1 or tag 2, users hear 10 of one kind. */
const lastfm = (): string => {
  const artists = Array.from({ length: 40 }, (_, at) => at + 1);
  return folderWith({
    'lastfm2k-artist-tags.tsv.gz': table(
      'artist_id tag_id count',
      artists.flatMap((id) => [
        [id, id % 2, 3],
        [id, 10 + (id % 4), 1],
      ]),
    ),
    'lastfm2k-user-artists.tsv': table(
      'user_id artist_id plays',
      Array.from({ length: 12 }, (_, user) => user + 1).flatMap((user) =>
        artists.filter((id) => id % 2 === user % 2 && (id + user) % 3 !== 0).map((id) => [user, id, 10 + id]),
      ),
    ),
  });
};

const netease = (): string => {
  const songs = Array.from({ length: 40 }, (_, at) => at + 1);
  const playlists = Array.from({ length: 10 }, (_, at) => ({
    id: 100 + at,
    tags: [at % 2 === 0 ? '安静' : '摇滚'],
    songs: songs.filter((id) => id % 2 === at % 2 && (id + at) % 3 !== 0),
  }));
  return folderWith({
    'netease-songs.tsv.gz': table(
      'song_id title artists popularity',
      songs.map((id) => [id, `歌${id}`, `歌手${id % 8}`, 50 + id]),
    ),
    'netease-playlists.jsonl.gz': playlists.map((playlist) => JSON.stringify(playlist)).join('\n'),
  });
};

describe('evaluateRecommend', () => {
  it('finds what only one taste hears, the same each time, and reports how', async () => {
    const data = lastfm();
    const report = await evaluateRecommend({ data });
    // Three or so artists are held out of a list of ten from one kind of twenty.
    expect(report.precisionAt10).toBeGreaterThan(0.2);
    expect(report.recallAt10).toBeGreaterThan(0.7);
    expect(report.auc).toBeGreaterThan(0.8);
    expect(report.sets.lastfm).toMatchObject({
      candidates: 40,
      methods: { paper: { count: 12 }, default: { count: 12 } },
    });
    const again = await evaluateRecommend({ data, set: 'lastfm', method: 'default' });
    expect(again.precisionAt10).toBe(report.precisionAt10);
    const { tuning, rest } = report.sets.lastfm!.parts;
    expect(tuning.default!.count + rest.default!.count).toBe(12);
  });

  it('continues playlists with songs that other playlists describe alike', async () => {
    const report = await evaluateRecommend({ data: netease() });
    expect(report.set).toBe('netease');
    // Eight or so of the fifteen that are left of its kind are wanted; of all songs, a fifth.
    expect(report.precisionAt10).toBeGreaterThan(0.35);
    expect(report.sets.netease?.methods.paper?.precisionAt10).toBeGreaterThan(0.35);
  });

  it('says what is missing', async () => {
    await expect(evaluateRecommend({ data: folderWith({}) })).rejects.toMatchObject({ code: 'data/missing' });
    await expect(evaluateRecommend({ data: lastfm(), set: 'aotm' })).rejects.toMatchObject({ code: 'data/missing' });
    const wrong = folderWith({
      'lastfm2k-artist-tags.tsv': 'artist\ttag\n1\t2\n',
      'lastfm2k-user-artists.tsv': table('user_id artist_id plays', [[1, 1, 1]]),
    });
    await expect(evaluateRecommend({ data: wrong })).rejects.toMatchObject({ code: 'data/columns' });
    const lonely = folderWith({
      'lastfm2k-artist-tags.tsv': table('artist_id tag_id count', [[1, 1, 1]]),
      'lastfm2k-user-artists.tsv': table('user_id artist_id plays', [[1, 1, 1]]),
    });
    await expect(evaluateRecommend({ data: lonely })).rejects.toMatchObject({ code: 'recommend/no-cases' });
  });

  it.skipIf(lacksData('songs'))(`beats the yardstick on neighbours in real lists ${needsData('songs')}`, async () => {
    const report = await evaluateRecommend({ data: dataPath('songs'), set: 'aotm' });
    expect(report.sets.aotm?.methods.paper?.auc).toBeCloseTo(0.591, 1);
    expect(report.auc).toBeGreaterThan(0.62);
  });
});
