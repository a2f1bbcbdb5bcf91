/** Writes WAV files for tests. */

export interface WavSettings {
  readonly sampleRate?: number;
  /** 8, 16, 24 or 32 for whole numbers, -32 or -64 for floats. */
  readonly bits?: number;
  /** What the header says; the file itself holds all samples. */
  readonly dataLength?: number;
}

/** @param channels each of the same length, -1 to 1 */
export const makeWav = (
  channels: readonly Float32Array[],
  { sampleRate = 16_000, bits = 16, dataLength }: WavSettings = {},
): Uint8Array => {
  const sampleBytes = Math.abs(bits) / 8;
  const frameBytes = sampleBytes * channels.length;
  const length = frameBytes * (channels[0]?.length ?? 0);
  const file = new Uint8Array(44 + length);
  const view = new DataView(file.buffer);
  const write = (at: number, text: string): void => file.set(new TextEncoder().encode(text), at);
  write(0, 'RIFF');
  view.setUint32(4, 36 + length, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, bits < 0 ? 3 : 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, Math.abs(bits), true);
  write(36, 'data');
  view.setUint32(40, dataLength ?? length, true);
  for (const [channel, samples] of channels.entries()) {
    for (const [n, sample] of samples.entries()) {
      const at = 44 + n * frameBytes + channel * sampleBytes;
      if (bits === -32) view.setFloat32(at, sample, true);
      else if (bits === -64) view.setFloat64(at, sample, true);
      else {
        const value = Math.round(Math.max(-1, Math.min(1, sample)) * (2 ** (bits - 1) - 1));
        if (bits === 8) view.setUint8(at, value + 128);
        else for (let byte = 0; byte < sampleBytes; byte++) view.setUint8(at + byte, (value >> (8 * byte)) & 0xff);
      }
    }
  }
  return file;
};
