import { promisify } from "node:util";
import { brotliDecompress, inflateRaw, unzip } from "node:zlib";

/** Unpacks an answer's body and decodes its text. Undefined: it unpacks to more than `maxBytes`. */
export async function unpackBody(sent: Buffer, codings: string, maxBytes: number): Promise<string | undefined> {
  const bytes = await unpack(sent, codings, maxBytes);
  // Drops one byte order mark (WHATWG Encoding 6.1).
  return bytes && new TextDecoder().decode(bytes);
}

type Unpack = (bytes: Buffer, limits: { maxOutputLength: number }) => Promise<Buffer>;

const inflate: Unpack = promisify(unzip);
const inflateBare: Unpack = promisify(inflateRaw);

/** The codings of RFC 9110 8.4.1. We ask for none, and some servers and proxies use one all the same. */
const codings = new Map<string, Unpack>([
  ["gzip", inflate],
  ["x-gzip", inflate],
  // Some leave out the frame that the standard asks for.
  [
    "deflate",
    async (bytes, limits) =>
      await inflate(bytes, limits).catch((failure: unknown) => {
        if (isTooLong(failure)) throw failure;
        return inflateBare(bytes, limits);
      }),
  ],
  ["br", promisify(brotliDecompress)],
]);

/** More of them than anybody needs only cost us time. */
const maxCodings = 2;

/**
 * Undoes the codings that a header names, the last one first. What names none of them ("utf-8"), or does not fit the bytes,
 * is passed over: whoever reads the text then judges it. Undefined: it unpacks to more than `maxBytes`.
 */
async function unpack(sent: Buffer, header: string, maxBytes: number): Promise<Buffer | undefined> {
  const named = header.split(",").flatMap((name) => codings.get(name.trim().toLowerCase()) ?? []);
  try {
    let bytes = sent;
    for (const undo of named.slice(0, maxCodings).toReversed())
      bytes = await undo(bytes, { maxOutputLength: maxBytes });
    return bytes;
  } catch (failure) {
    return isTooLong(failure) ? undefined : sent;
  }
}

function isTooLong(failure: unknown): boolean {
  return failure instanceof Error && "code" in failure && failure.code === "ERR_BUFFER_TOO_LARGE";
}
