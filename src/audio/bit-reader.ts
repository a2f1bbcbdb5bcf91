/** Reads numbers of any count of bits, the highest first. */

export interface BitReader {
  /** 0 to 32 bits; zeros past the end. */
  read(count: number): number;
  /** 1 to 33 bits, two's complement. */
  readSigned(count: number): number;
  /** Zeros before the next one, which is taken too. */
  countZeros(): number;
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
