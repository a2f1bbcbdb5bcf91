import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCatalogueBytesReader, parseCatalogueBytes } from './catalogue-bytes.ts';

const csv = (title: string): string => `title,artist,emotion,tags\n"${title.replaceAll('"', '""')}",周杰伦,happy,pop\n`;
const utf16 = (text: string, bigEndian: boolean): Uint8Array => {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), !bigEndian);
  return bytes;
};
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const title = (bytes: Uint8Array): string => [...parseCatalogueBytes(bytes)][0]!.title;
/** GBK of 稻香 and Shift-JIS of 桜, as spreadsheets write them. */
const GBK = [0xb5, 0xbe, 0xcf, 0xe3];
const SHIFT_JIS = [0x8d, 0xf7];
const withTitle = (bytes: number[]): Uint8Array => {
  const [before, after] = csv('#').split('#') as [string, string];
  return Uint8Array.from([...utf8(before), ...bytes, ...utf8(after)]);
};

describe('parseCatalogueBytes', () => {
  it('reads UTF-8 and UTF-16, with byte order mark and without, however the bytes are cut', () => {
    const anyTitle = fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => `x${text}x`);
    fc.assert(
      fc.property(anyTitle, fc.boolean(), fc.integer({ min: 1, max: 9 }), (name, mark, size) => {
        const text = (mark ? '\uFEFF' : '') + csv(name);
        for (const bytes of [utf8(text), utf16(text, false), utf16(text, true)]) {
          const reader = createCatalogueBytesReader();
          for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
          expect([...reader.end()][0]!.title).toBe(name);
        }
      }),
    );
  });

  it('accepts and refuses exactly the bytes the platform does', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const bytes = fc.array(
      fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f, 0xc2)),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(bytes, (middle) => {
        const whole = Uint8Array.from([0x61, ...middle.filter((byte) => byte > 0x22), 0x61]);
        let expected: string | undefined;
        try {
          expected = decoder.decode(whole);
        } catch {
          expected = undefined;
        }
        if (expected === undefined) expect(() => title(withTitle([...whole]))).toThrow('is not UTF-8');
        else expect(title(withTitle([...whole]))).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('names the first byte of GBK and Shift-JIS and the way out', () => {
    expect(() => title(withTitle(GBK))).toThrow(
      expect.objectContaining({
        code: 'catalogue/encoding',
        message: expect.stringMatching(/byte 0xB5 at offset 27 \(line 2\).*save it as "CSV UTF-8".*iconv -f GBK/),
      }),
    );
    expect(() => title(withTitle(SHIFT_JIS))).toThrow('byte 0x8D');
    // Half a surrogate pair, an overlong slash, and a code point past the last: never valid, though shaped like it.
    for (const bytes of [
      [0xed, 0xa0, 0x80],
      [0xe0, 0x80, 0xaf],
      [0xf0, 0x80, 0x80, 0xaf],
      [0xf4, 0x90, 0x80, 0x80],
    ]) {
      expect(() => title(withTitle(bytes))).toThrow('is not UTF-8');
    }
    // A sequence cut off by the end of the file.
    expect(() => parseCatalogueBytes(Uint8Array.from([...utf8(csv('a')), 0xe5, 0x91]))).toThrow('byte 0xE5');
  });

  it('tells a workbook, zero bytes and half a UTF-16 character', () => {
    expect(() => parseCatalogueBytes(Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0]))).toThrow('workbook');
    expect(() => title(withTitle([0]))).toThrow('byte 0x00');
    expect(() => parseCatalogueBytes(utf16(csv('a'), false).subarray(1))).toThrow(
      expect.objectContaining({ code: expect.any(String) }),
    );
    expect(() => parseCatalogueBytes(utf16(csv('a'), false).subarray(0, -1))).toThrow('half a character');
    expect(() => parseCatalogueBytes(new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'catalogue/empty' }));
  });
});
