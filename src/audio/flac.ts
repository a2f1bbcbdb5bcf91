/** FLAC files: lossless sound, decoded frame by frame. */
import { InvalidInputError } from '../base/errors.ts';
import { type BitReader, createBitReader } from './bit-reader.ts';
import type { ByteReader } from './byte-reader.ts';
import type { SoundPiece } from './wav.ts';

const damaged = (what: string): InvalidInputError =>
  new InvalidInputError('audio/unreadable', `This FLAC file is damaged: ${what}. Give another copy of it.`);

interface StreamInfo {
  readonly maxBlockSize: number;
  readonly sampleRate: number;
  readonly channelCount: number;
  readonly bits: number;
}

const readStreamInfo = (block: Uint8Array): StreamInfo => {
  if (block.length < 34) throw damaged('its description is cut short');
  const packed = new DataView(block.buffer, block.byteOffset).getUint32(10);
  return {
    maxBlockSize: block[2]! * 256 + block[3]!,
    sampleRate: packed >>> 12,
    channelCount: ((packed >>> 9) & 7) + 1,
    bits: ((packed >>> 4) & 31) + 1,
  };
};

/**
 * The sound of a FLAC file, a frame a piece. A file that is cut short gives its whole frames.
 *
 * @throws {InvalidInputError} `audio/unreadable`: damaged.
 * @see RFC 9639
 */
export async function* readFlac(reader: ByteReader): AsyncGenerator<SoundPiece> {
  await reader.skip(4);
  let info: StreamInfo | undefined;
  for (let isLast = false; !isLast; ) {
    const header = (await reader.take(4)).slice();
    if (header.length < 4) throw damaged('it ends before its sound begins');
    isLast = (header[0]! & 0x80) !== 0;
    const length = header[1]! * 65_536 + header[2]! * 256 + header[3]!;
    if ((header[0]! & 0x7f) === 0) info = readStreamInfo((await reader.take(length)).slice());
    else await reader.skip(length);
  }
  if (info === undefined || info.sampleRate === 0) throw damaged('its description is missing');
  // No frame is larger than its samples stored plainly, with one bit more for the difference of two channels.
  const largest = 64 + info.channelCount * (16 + Math.ceil((info.maxBlockSize * (info.bits + 1)) / 8));
  while ((await reader.fill(largest)) > 0) {
    const bits = createBitReader(reader.held());
    const channels = decodeFrameOrEnd(bits, info);
    if (channels === undefined) return;
    await reader.skip(bits.bytesRead());
    yield { sampleRate: info.sampleRate, channels };
  }
}

const BLOCK_SIZES = [0, 192, 576, 1152, 2304, 4608, 0, 0, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768];
const SAMPLE_BITS = [0, 8, 12, 0, 16, 20, 24, 32];
const LEFT_SIDE = 8;
const SIDE_RIGHT = 9;
const MID_SIDE = 10;

/** As `decodeFrame`; nonsense read past the file's end is the end and not a damage. */
const decodeFrameOrEnd = (bits: BitReader, info: StreamInfo): Float32Array[] | undefined => {
  try {
    return decodeFrame(bits, info);
  } catch (cause) {
    if (bits.isPastEnd()) return undefined;
    throw cause;
  }
};

/** @returns undefined where the file ends within the frame */
const decodeFrame = (bits: BitReader, info: StreamInfo): Float32Array[] | undefined => {
  if (bits.read(14) !== 0x3ffe) {
    // What is left behind the last frame (an ID3v1 tag, padding) is no sound.
    return undefined;
  }
  bits.read(2);
  const sizeCode = bits.read(4);
  const rateCode = bits.read(4);
  const channelCode = bits.read(4);
  const bitsCode = bits.read(3);
  bits.read(1);
  for (let ones = bits.countOnes(); ones > 1; ones--) bits.read(8); // the frame's number, as UTF-8
  const blockSize = sizeCode === 6 ? bits.read(8) + 1 : sizeCode === 7 ? bits.read(16) + 1 : BLOCK_SIZES[sizeCode]!;
  if (rateCode >= 12) bits.read(rateCode === 12 ? 8 : 16);
  bits.read(8);
  if (blockSize === 0 || channelCode > MID_SIDE) throw damaged('a frame has an unknown layout');
  const sampleBits = SAMPLE_BITS[bitsCode] || info.bits;
  const channelCount = channelCode < LEFT_SIDE ? channelCode + 1 : 2;
  const sideChannel = channelCode === SIDE_RIGHT ? 0 : channelCode >= LEFT_SIDE ? 1 : -1;
  const channels: Float64Array[] = [];
  for (let channel = 0; channel < channelCount; channel++)
    channels.push(decodeSubframe(bits, blockSize, sampleBits + (channel === sideChannel ? 1 : 0)));
  bits.alignToByte();
  bits.read(16);
  if (bits.isPastEnd()) return undefined;
  restoreStereo(channels, channelCode);
  const scale = 2 ** (1 - sampleBits);
  return channels.map((samples) => {
    const scaled = new Float32Array(blockSize);
    for (let n = 0; n < blockSize; n++) scaled[n] = samples[n]! * scale;
    return scaled;
  });
};

const restoreStereo = (channels: readonly Float64Array[], channelCode: number): void => {
  const [a, b] = channels;
  if (a === undefined || b === undefined || channelCode < LEFT_SIDE) return;
  for (let n = 0; n < a.length; n++) {
    if (channelCode === LEFT_SIDE) b[n] = a[n]! - b[n]!;
    else if (channelCode === SIDE_RIGHT) a[n] = a[n]! + b[n]!;
    else {
      // The sum of the two lost its lowest bit, which is that of their difference.
      const sum = 2 * a[n]! + (Math.abs(b[n]!) % 2);
      const difference = b[n]!;
      a[n] = (sum + difference) / 2;
      b[n] = (sum - difference) / 2;
    }
  }
};

const decodeSubframe = (bits: BitReader, blockSize: number, frameBits: number): Float64Array => {
  bits.read(1);
  const type = bits.read(6);
  const wasted = bits.read(1) === 1 ? bits.countZeros() + 1 : 0;
  const sampleBits = frameBits - wasted;
  const samples = new Float64Array(blockSize);
  if (type === 0) samples.fill(bits.readSigned(sampleBits));
  else if (type === 1) for (let n = 0; n < blockSize; n++) samples[n] = bits.readSigned(sampleBits);
  else if (type >= 8 && type <= 12) decodeFixed(bits, samples, type - 8, sampleBits);
  else if (type >= 32) decodePredicted(bits, samples, type - 31, sampleBits);
  else throw damaged('a frame is compressed in an unknown way');
  if (wasted > 0) for (let n = 0; n < blockSize; n++) samples[n] = samples[n]! * 2 ** wasted;
  return samples;
};

/** Coefficients of the fixed predictors of orders 0 to 4. */
const FIXED = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

const decodeFixed = (bits: BitReader, samples: Float64Array, order: number, sampleBits: number): void => {
  for (let n = 0; n < order; n++) samples[n] = bits.readSigned(sampleBits);
  decodeResidual(bits, samples, order);
  predict(samples, FIXED[order]!, 0);
};

const decodePredicted = (bits: BitReader, samples: Float64Array, order: number, sampleBits: number): void => {
  for (let n = 0; n < order; n++) samples[n] = bits.readSigned(sampleBits);
  const precision = bits.read(4) + 1;
  const shift = bits.readSigned(5);
  if (precision === 16 || shift < 0) throw damaged('a predictor cannot be');
  const coefficients = Array.from({ length: order }, () => bits.readSigned(precision));
  decodeResidual(bits, samples, order);
  predict(samples, coefficients, shift);
};

const predict = (samples: Float64Array, coefficients: readonly number[], shift: number): void => {
  const order = coefficients.length;
  const divisor = 2 ** shift;
  for (let n = order; n < samples.length; n++) {
    let sum = 0;
    for (let k = 0; k < order; k++) sum += coefficients[k]! * samples[n - 1 - k]!;
    samples[n] = samples[n]! + Math.floor(sum / divisor);
  }
};

/** Rice codes: partitions of numbers, each with a length of its own for the plainly written low bits. */
const decodeResidual = (bits: BitReader, samples: Float64Array, order: number): void => {
  const method = bits.read(2);
  if (method > 1) throw damaged('a residual is coded in an unknown way');
  const parameterBits = method === 0 ? 4 : 5;
  const plain = method === 0 ? 15 : 31;
  const partitions = 2 ** bits.read(4);
  const partitionSize = samples.length / partitions;
  if (!Number.isInteger(partitionSize) || partitionSize < order) throw damaged('a residual cannot be');
  let n = order;
  for (let partition = 1; partition <= partitions; partition++) {
    const parameter = bits.read(parameterBits);
    const end = partition * partitionSize;
    if (parameter === plain) {
      const width = bits.read(5);
      for (; n < end; n++) samples[n] = width === 0 ? 0 : bits.readSigned(width);
    } else {
      for (; n < end; n++) {
        const folded = bits.readRice(parameter);
        samples[n] = (folded & 1) === 0 ? folded / 2 : -(folded + 1) / 2;
      }
    }
    if (bits.isPastEnd()) return;
  }
};
