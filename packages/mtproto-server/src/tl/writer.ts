/** Writes the values of a TL serialization one after another. */
export interface TlWriter {
  int(value: number): TlWriter;
  long(value: bigint): TlWriter;
  double(value: number): TlWriter;
  raw(value: Uint8Array): TlWriter;
  bytes(value: Uint8Array): TlWriter;
  done(): Buffer;
}

/** Creates an empty writer. */
export function createWriter(): TlWriter {
  const parts: Uint8Array[] = [];

  function put(size: number, fill: (buffer: Buffer) => void): TlWriter {
    const buffer = Buffer.alloc(size);
    fill(buffer);
    parts.push(buffer);
    return writer;
  }

  const writer: TlWriter = {
    int: (value) => put(4, (buffer) => buffer.writeInt32LE(value | 0)),
    long: (value) => put(8, (buffer) => buffer.writeBigInt64LE(BigInt.asIntN(64, value))),
    double: (value) => put(8, (buffer) => buffer.writeDoubleLE(value)),
    raw: (value) => {
      parts.push(value);
      return writer;
    },
    bytes: (value) => writer.raw(encodeTlBytes(value)),
    done: () => Buffer.concat(parts),
  };
  return writer;
}

/** Encodes a TL string: one byte of length, or 254 and three, then the bytes, then zeros up to a multiple of four. */
export function encodeTlBytes(value: Uint8Array): Buffer {
  const head = value.length < 254 ? Buffer.from([value.length]) : Buffer.alloc(4, 254);
  if (head.length === 4) head.writeUIntLE(value.length, 1, 3);
  return Buffer.concat([head, value, Buffer.alloc((4 - ((head.length + value.length) % 4)) % 4)]);
}
