/** Arrays of numbers that grow as they are filled, for catalogues whose length is not known beforehand. */

/** Numbers of one width, appended one by one; `view` shows those appended so far. */
export interface Growing<T extends Uint8Array | Uint16Array | Uint32Array> {
  push(value: number): void;
  readonly length: number;
  view(): T;
}

const growing = <T extends Uint8Array | Uint16Array | Uint32Array>(create: (length: number) => T): Growing<T> => {
  let values = create(1024);
  let length = 0;
  return {
    push: (value) => {
      if (length === values.length) {
        const larger = create(length * 2);
        larger.set(values);
        values = larger;
      }
      values[length++] = value;
    },
    get length() {
      return length;
    },
    view: () => values.subarray(0, length) as T,
  };
};

export const growingBytes = (): Growing<Uint8Array> => growing((length) => new Uint8Array(length));
export const growingShorts = (): Growing<Uint16Array> => growing((length) => new Uint16Array(length));
export const growingWords = (): Growing<Uint32Array> => growing((length) => new Uint32Array(length));
