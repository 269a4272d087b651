import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, inflateRaw, unzip } from "node:zlib";
import { OutcomeUnknownError } from "./outcome-unknown.ts";

/** Reads an answer's body to the end and unpacks it. Neither form of it may be longer than `maxBytes`. */
export async function readBody(incoming: IncomingMessage, host: string, maxBytes: number): Promise<string> {
  const tooLong = () =>
    new OutcomeUnknownError("provider_misbehaved", `${host} answered with more than ${maxBytes} bytes`);
  const sent = await readBytes(incoming, maxBytes);
  const bytes = sent && (await unpack(sent, incoming.headers["content-encoding"] ?? "", maxBytes));
  if (bytes === undefined) throw tooLong();
  // Drops one byte order mark (WHATWG Encoding 6.1).
  return new TextDecoder().decode(bytes);
}

/** Undefined: it is longer than that. */
function readBytes(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      incoming.destroy();
      resolve(undefined);
    });
    incoming.on("end", () => resolve(Buffer.concat(chunks)));
    incoming.on("error", reject);
  });
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
