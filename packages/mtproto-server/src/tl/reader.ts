/** Reads the values of a TL serialization one after another. */
export interface TlReader {
  int(): number;
  uint(): number;
  long(): bigint;
  double(): number;
  raw(length: number): Buffer;
  /** Reads a TL string: its length, its bytes, padding to four. */
  bytes(): Buffer;
  rest(): Buffer;
  remaining(): number;
}

/** Creates a reader at the beginning of a buffer. Its methods throw RangeError at the end. */
export function createReader(source: Buffer): TlReader {
  let at = 0;

  function raw(length: number): Buffer {
    if (at + length > source.length) throw new RangeError(`TL ends ${at + length - source.length} bytes too early`);
    at += length;
    return source.subarray(at - length, at);
  }

  function bytes(): Buffer {
    const first = raw(1).readUInt8();
    const length = first < 254 ? first : raw(3).readUIntLE(0, 3);
    const value = raw(length);
    raw((4 - (at % 4)) % 4);
    return value;
  }

  return {
    int: () => raw(4).readInt32LE(),
    uint: () => raw(4).readUInt32LE(),
    long: () => raw(8).readBigInt64LE(),
    double: () => raw(8).readDoubleLE(),
    raw,
    bytes,
    rest: () => raw(source.length - at),
    remaining: () => source.length - at,
  };
}
