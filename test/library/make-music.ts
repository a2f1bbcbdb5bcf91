/** Small MP3 files with the tags a test asks for, made byte by byte: a second of silence behind ID3v2.3, ID3v1 at the end. */

export interface MadeMp3 {
  /** ID3v2.3 text frames by name; bytes are written as they are behind the mark for Latin-1, texts as UTF-16. */
  readonly frames?: Readonly<Record<string, string | Uint8Array>>;
  readonly lyrics?: string;
  /** ID3v1 title and artist, as bytes. */
  readonly id3v1?: { readonly title: Uint8Array; readonly artist: Uint8Array };
}

const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

const frame = (name: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(10);
  head.write(name, 'latin1');
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
};

const textFrame = (name: string, value: string | Uint8Array): Buffer =>
  frame(
    name,
    typeof value === 'string' ? Buffer.concat([Buffer.of(1), utf16(value)]) : Buffer.concat([Buffer.of(0), value]),
  );

/** @see https://id3.org/id3v2.3.0, sections 3.1 (header), 3.3 (frames), 4.9 (USLT) */
export const makeMp3 = ({ frames = {}, lyrics, id3v1 }: MadeMp3): Buffer => {
  const parts = Object.entries(frames).map(([name, value]) => textFrame(name, value));
  if (lyrics !== undefined) {
    parts.push(frame('USLT', Buffer.concat([Buffer.from([1]), Buffer.from('eng'), utf16('\0'), utf16(lyrics)])));
  }
  const body = Buffer.concat(parts);
  const head = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 0]);
  // The length is written seven bits a byte.
  for (let i = 0; i < 4; i++) head[9 - i] = (body.length >> (7 * i)) & 0x7f;
  // MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame, 38 frames a second.
  const sound = Buffer.alloc(417 * 38);
  for (let at = 0; at < sound.length; at += 417) sound.set([0xff, 0xfb, 0x90, 0xc4], at);
  const trailer = Buffer.alloc(id3v1 ? 128 : 0);
  if (id3v1) {
    trailer.write('TAG', 'latin1');
    trailer.set(id3v1.title.subarray(0, 30), 3);
    trailer.set(id3v1.artist.subarray(0, 30), 33);
  }
  return Buffer.concat([...(body.length > 0 ? [head, body] : []), sound, trailer]);
};
