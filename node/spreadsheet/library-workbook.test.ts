import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { readXlsx, writeXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMOTIONS } from '../../src/base/emotions.ts';
import type { EmotionEvidence } from '../../src/music/library-song.ts';
import { songId } from '../../src/music/song.ts';
import { plainSong } from '../../test/library/plain-song.ts';
import { importSongs } from '../import/import-songs.ts';
import { type ImportProblem, type SongRecord, tidyRecord } from '../import/song-record.ts';
import { type SongToWrite, writeLibraryWorkbook } from './library-workbook.ts';
import { writeWorkbook } from './write-workbook.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-xlsx-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const collect = async (pieces: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
};
let written = 0;
const readBytes = async (bytes: Uint8Array): Promise<{ songs: SongRecord[]; problems: ImportProblem[] }> => {
  const path = join(folder, `${++written}.xlsx`);
  writeFileSync(path, bytes);
  const songs: SongRecord[] = [];
  const problems: ImportProblem[] = [];
  const { songs: read } = await importSongs(path, { onProblem: (problem) => problems.push(problem) });
  for await (const song of read) songs.push(song);
  return { songs, problems };
};

const scores = { angry: 0.1, disgust: 0, fear: 0, happy: 0.7, sad: 0.1, surprise: 0.05, neutral: 0.05 };
const song = (facts: Partial<SongToWrite> & { title: string; artist: string }): SongToWrite =>
  plainSong(facts.artist, facts.title, facts);

describe('the library as a workbook', () => {
  it('comes back without loss: songs, tags, evidence, lyrics of any length, files', async () => {
    const hand: EmotionEvidence = { source: 'hand', version: '2026', confidence: 1, scores };
    const lyrics: EmotionEvidence = { source: 'lyrics', version: 'svm-3', confidence: 0.1 + 0.2, scores };
    const songs = [
      song({
        title: '=HYPERLINK("http://x")',
        artist: '+1',
        album: '-2',
        year: 1999,
        language: 'zh',
        emotion: 'happy',
        tags: ['@home', 'a;b', 'c\\d', 'rock'],
        typical: true,
        durationSeconds: 215.5,
        popularity: 12,
        url: 'https://example.org/?a=1&b=<2>',
        path: '/music/稻香.mp3',
        lyrics: `${'[00:01.00] 一行 & "字"\n\t'.repeat(4000)}😀`.slice(0, 70_000),
        evidence: [lyrics, hand],
        files: [
          { path: '/music/稻香.mp3', size: 3_000_000_000, modified: 1_700_000_000_123, analysisVersion: '1' },
          { path: '/copy/稻香.mp3', size: 5, modified: 6, analysisVersion: '1' },
        ],
      }),
      song({ title: 'Bell\u0007_x0041_', artist: '00123', tags: ['one,two'] }),
    ];
    const bytes = await collect(
      writeLibraryWorkbook((emotion) => songs.filter((one) => !emotion || one.emotion === emotion)),
    );
    const read = await readBytes(bytes);
    expect(read.problems).toEqual([]);
    const [first, copy, second] = read.songs;
    const { id, files, ...facts } = songs[0]!;
    const { analysisVersion, ...file } = files![0]!;
    // The table holds neither: the id comes from the names, the version from whoever reads it.
    expect([id, analysisVersion]).toEqual([songId(facts.artist, facts.title), '1']);
    expect(first).toEqual({ ...facts, ...file });
    expect(copy).toMatchObject({ path: '/copy/稻香.mp3', evidence: [] });
    // A bell is no part of a name.
    expect(second).toMatchObject({
      title: 'Bell _x0041_',
      artist: '00123',
      tags: ['one,two'],
      emotion: 'neutral',
      evidence: [],
    });
    expect((await readXlsx(bytes)).sheets.map(({ name }) => name)).toEqual([
      'songs',
      ...EMOTIONS,
      'tags',
      'evidence',
      'lyrics',
      'files',
    ]);
  });

  it('comes back without loss, whatever names, tags and lyrics hold', async () => {
    const text = fc.string({
      unit: fc.constantFrom(
        ...["'", '=', '+', '@', '\\', ';', '；', ',', '|', '、', 'a', 'B', '1', ' ', '歌', '😀', '\ufffd', '_x0041_'],
      ),
      maxLength: 12,
    });
    const lyrics = fc.string({
      unit: fc.constantFrom('a', '\r', '\n', '\t', ' ', '\u0007', '\u2028', '<', '&'),
      maxLength: 12,
    });
    const fact = fc.record({ title: text, artist: text, album: text, tags: fc.array(text, { maxLength: 3 }), lyrics });
    await fc.assert(
      fc.asyncProperty(fc.array(fact, { minLength: 1, maxLength: 6 }), async (facts) => {
        const records = facts.map((one) => tidyRecord(one)).filter((record) => record !== undefined);
        const different = new Map(records.map((record) => [songId(record.artist, record.title), record]));
        const songs = [...different.values()].map((record) => song({ ...record, emotion: 'fear' }));
        if (songs.length === 0) return;
        const bytes = await collect(writeLibraryWorkbook(() => songs));
        const read = await readBytes(bytes);
        expect(read.problems).toEqual([]);
        expect(read.songs).toEqual(
          [...different.values()].map((record) => ({ ...record, emotion: 'fear', evidence: [] })),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the emotion of a song that nobody has evidence of and that has two files', async () => {
    const file = { size: 1, modified: 2, analysisVersion: '1' };
    const bytes = await collect(
      writeLibraryWorkbook(() => [
        song({
          title: 'A',
          artist: 'X',
          emotion: 'sad',
          files: [
            { path: '/1', ...file },
            { path: '/2', ...file },
          ],
        }),
      ]),
    );
    expect((await readBytes(bytes)).songs).toMatchObject([{ emotion: 'sad' }, { path: '/2', emotion: 'sad' }]);
  });

  it('brings back any text an independent reader agrees on, and writes no formula', async () => {
    const text = fc.string({
      unit: fc.constantFrom('=', '+', '-', '@', 'a', '歌', '😀', '\t', '\n', '&', '<', '"', "'", '_x000A_', ' '),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (cells) => {
        const bytes = await collect(
          writeWorkbook([{ name: 's', columns: cells.map((_, i) => ({ name: `c${i}` })), rows: [cells] }]),
        );
        const { sheets } = await readXlsx(bytes);
        expect(
          (sheets[0]!.rows[1] ?? [])
            .map((cell) => cell ?? '')
            .concat(cells.map(() => ''))
            .slice(0, cells.length),
        ).toEqual(cells);
        expect([...(sheets[0]!.cells?.values() ?? [])].some((cell) => cell.formula !== undefined)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('goes on in a further sheet past the last row', async () => {
    const rows = Array.from({ length: 25 }, (_, i) => [`Song ${i}`, 'X']);
    const bytes = await collect(
      writeWorkbook([{ name: 'songs', columns: [{ name: 'title' }, { name: 'artist' }], rows }], 11),
    );
    expect((await readXlsx(bytes)).sheets.map(({ name }) => name)).toEqual(['songs', 'songs 2', 'songs 3']);
    expect((await readBytes(bytes)).songs).toHaveLength(25);
  });
});

describe('other workbooks', () => {
  it("reads seven emotions' sheets, formulas by their last result, merged cells as one text for all", async () => {
    const bytes = await writeXlsx({
      sheets: [
        {
          name: 'Happy',
          rows: [
            ['Song', 'Singer'],
            ['A', 'X'],
            ['B', null],
          ],
          merges: [{ startRow: 1, startCol: 1, endRow: 2, endCol: 1 }],
        },
        {
          name: 'sad',
          rows: [
            ['Song', 'Singer'],
            [null, 'Y'],
          ],
          cells: new Map([
            ['1,0', { value: null, type: 'formula', formula: 'HYPERLINK("http://x","C")', formulaResult: 'C' }],
          ]),
        },
        { name: 'Notes', rows: [['nothing', 'here']] },
      ],
    });
    const { songs, problems } = await readBytes(bytes);
    expect(songs).toEqual([
      { title: 'A', artist: 'X', tags: [], emotion: 'happy' },
      { title: 'B', artist: 'X', tags: [], emotion: 'happy' },
      { title: 'C', artist: 'Y', tags: [], emotion: 'sad' },
    ]);
    expect(problems).toMatchObject([{ place: 'sheet Notes, row 1' }]);
  });

  it('refuses passwords, other files, cut files and bombs', async () => {
    const refused = async (bytes: Uint8Array, code: string): Promise<void> => {
      await expect(readBytes(bytes)).rejects.toMatchObject({ code });
    };
    const good = await writeXlsx({ sheets: [{ name: 'a', rows: [['title', 'artist']] }] });
    await refused(
      await writeXlsx({ sheets: [{ name: 'a', rows: [['x']] }], encryption: { password: 'x', spinCount: 10 } }),
      'import/password',
    );
    await refused(Buffer.from('title,artist\n'), 'import/damaged');
    await refused(good.subarray(0, good.length / 2), 'import/damaged');
    await refused(zipOf('xl/worksheets/sheet1.xml', Buffer.alloc(300 * 1024 ** 2, ' ')), 'import/bomb');
    // Claims one byte, holds many.
    await refused(zipOf('xl/worksheets/sheet1.xml', Buffer.alloc(1024 ** 2, ' '), 1), 'import/bomb');
    await refused(zipOf('nothing.txt', Buffer.from('x')), 'import/damaged');
  });
});

/** A zip archive of one part, whose directory may lie about its size. */
const zipOf = (name: string, content: Uint8Array, claimed = content.length): Buffer => {
  const packed = deflateRawSync(content);
  const fields = (signature: number, length: number, values: readonly [number, number, 2 | 4][]): Buffer => {
    const bytes = Buffer.alloc(length);
    bytes.writeUInt32LE(signature, 0);
    for (const [at, value, size] of values) bytes.writeUIntLE(value, at, size);
    return bytes;
  };
  const sizes = (at: number): [number, number, 4][] => [
    [at, packed.length, 4],
    [at + 4, claimed, 4],
  ];
  const local = Buffer.concat([
    fields(0x04034b50, 30, [[8, 8, 2], ...sizes(18), [26, name.length, 2]]),
    Buffer.from(name),
    packed,
  ]);
  const entry = Buffer.concat([
    fields(0x02014b50, 46, [[10, 8, 2], ...sizes(20), [28, name.length, 2]]),
    Buffer.from(name),
  ]);
  return Buffer.concat([
    local,
    entry,
    fields(0x06054b50, 22, [
      [8, 1, 2],
      [10, 1, 2],
      [12, entry.length, 4],
      [16, local.length, 4],
    ]),
  ]);
};
