/** Reads numbers of any count of bits, the highest first. */

export interface BitReader {
  /** 0 to 32 bits; zeros past the end. */
  read(count: number): number;
  /** 1 to 33 bits, two's complement. */
  readSigned(count: number): number;
  /** Zeros before the next one, which is taken too. */
  countZeros(): number;
  /** A Rice code: a count of zeros before a one, times 2^parameter, and `parameter` low bits, up to 30. */
  readRice(parameter: number): number;
  /** Ones before the next zero, which is taken too; the bits of the same byte that follow it are taken as well. */
  countOnes(): number;
  alignToByte(): void;
  bytesRead(): number;
  isPastEnd(): boolean;
}

export const createBitReader = (bytes: Uint8Array): BitReader => {
  const end = bytes.length * 8;
  let position = 0; // in bits

  const read = (count: number): number => {
    let value = 0;
    for (let left = count; left > 0; ) {
      const offset = position & 7;
      const taken = Math.min(left, 8 - offset);
      const byte = bytes[position >> 3] ?? 0;
      value = value * 2 ** taken + ((byte >> (8 - offset - taken)) & ((1 << taken) - 1));
      position += taken;
      left -= taken;
    }
    return value;
  };

  const countZeros = (): number => {
    const start = position;
    while (position < end) {
      const offset = position & 7;
      const rest = (bytes[position >> 3]! << offset) & 0xff;
      if (rest === 0) {
        position += 8 - offset;
        continue;
      }
      position += Math.clz32(rest) - 24 + 1;
      return position - start - 1;
    }
    position = end + 1;
    return 0;
  };

  return {
    read,
    readSigned: (count) => {
      const value = read(count);
      return value >= 2 ** (count - 1) ? value - 2 ** count : value;
    },
    countZeros,
    readRice: (parameter) => {
      // 32 bits at once hold almost every code.
      const at = position >> 3;
      if (at + 5 <= bytes.length) {
        const offset = position & 7;
        const four = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
        const window = (four << offset) | (bytes[at + 4]! >> (8 - offset));
        const zeros = Math.clz32(window);
        const length = zeros + 1 + parameter;
        if (length <= 32) {
          position += length;
          return zeros * 2 ** parameter + ((window >>> (32 - length)) & (2 ** parameter - 1));
        }
      }
      return countZeros() * 2 ** parameter + read(parameter);
    },
    countOnes: () => {
      const byte = read(8);
      return Math.clz32(~(byte << 24));
    },
    alignToByte: () => {
      position = (position + 7) & ~7;
    },
    bytesRead: () => position >> 3,
    isPastEnd: () => position > end,
  };
};
