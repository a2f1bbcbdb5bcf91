import { describe, expect, it } from 'vitest';
import { encodeEastAsian } from '../../test/library/east-asian.ts';
import { decodeText, guessEncoding, repairNames } from './decode-text.ts';

const asLatin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('decodeText', () => {
  it('tells UTF-8, UTF-16, GBK, Big5, Shift-JIS and Western text apart', () => {
    const cases: readonly [Uint8Array, string, string][] = [
      [Buffer.from('桃花朵朵开'), 'utf-8', '桃花朵朵开'],
      [Buffer.from('\ufeff稻香', 'utf16le'), 'utf-16le', '稻香'],
      [encodeEastAsian('周杰伦 - 稻香', 'gbk'), 'gb18030', '周杰伦 - 稻香'],
      [encodeEastAsian('さくら 宇多田ヒカル', 'shift_jis'), 'shift_jis', 'さくら 宇多田ヒカル'],
      [encodeEastAsian('張惠妹 - 我可以抱你嗎', 'big5'), 'big5', '張惠妹 - 我可以抱你嗎'],
      [Buffer.from('Beyoncé, Sigur Rós, Motörhead', 'latin1'), 'windows-1252', 'Beyoncé, Sigur Rós, Motörhead'],
    ];
    for (const [bytes, encoding, text] of cases) expect(decodeText(bytes)).toEqual({ encoding, text });
  });

  it('believes a declared encoding only where every byte fits it', () => {
    const gbk = encodeEastAsian('你好', 'gbk');
    expect(decodeText(gbk, 'gb2312').text).toBe('你好');
    expect(decodeText(Buffer.from('你好'), 'iso-8859-1').text).toBe('你好'); // it lies
    expect(decodeText(Buffer.from('你好'), 'shift_jis').text).not.toBe('');
    expect(decodeText(Buffer.from('né', 'latin1'), 'iso-8859-15')).toEqual({ encoding: 'iso-8859-15', text: 'né' });
    expect(decodeText(Buffer.from('abc'), 'no-such-encoding').text).toBe('abc');
  });

  it('tells the encoding of the beginning of a file that is cut within a character', () => {
    const bytes = Buffer.from('桃花朵朵开'.repeat(20));
    for (let end = 30; end < 40; end++) expect(guessEncoding(bytes.subarray(0, end), true)).toBe('utf-8');
  });
});

describe('repairNames', () => {
  it('sets names right that were read as Latin-1, all of a file together', () => {
    for (const [names, encoding] of [
      [['稻香', '周杰伦'], 'gbk'],
      [['桜', '宇多田ヒカル'], 'shift_jis'],
    ] as const) {
      expect(repairNames(names.map((name) => asLatin1(encodeEastAsian(name, encoding))))).toEqual(names);
    }
    expect(repairNames([Buffer.from('稻香').toString('latin1'), 'Jay'])).toEqual(['稻香', 'Jay']);
  });

  it('leaves names that are right, Western ones with accents among them', () => {
    const names = ['Águas de Março', 'Motörhead', 'Sigur Rós', 'Björk', 'Beyoncé', 'Plain', '稻香', ''];
    for (const name of names) expect(repairNames([name, 'Elis'])).toEqual([name, 'Elis']);
  });
});
