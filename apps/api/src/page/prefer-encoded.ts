import { existsSync, readdirSync } from "node:fs";
import { extname } from "node:path";
import type { RequestHandler } from "express";

const extensions = { br: ".br", gzip: ".gz" } as const;

/**
 * Points a request for a built file to the Brotli or gzip file beside it, if the browser accepts that (RFC 9110, 12.5.3).
 * `express.static` then sends it. `sirv`, which has this built in, ignores `q=0`, `If-Match` and `If-Unmodified-Since`, and
 * describes the file in a 416.
 */
export function preferEncoded(directory: string): RequestHandler {
  const made = new Set(existsSync(directory) ? readdirSync(directory) : []);
  return (request, response, next) => {
    const name = request.path.slice(1);
    const accepted = request.acceptsEncodings();
    for (const [encoding, extension] of Object.entries(extensions)) {
      if (!made.has(`${name}${extension}`)) continue;
      response.vary("Accept-Encoding");
      if (!accepted.includes(encoding)) continue;
      response.type(extname(name)).set("Content-Encoding", encoding);
      request.url = `/${name}${extension}`;
      break;
    }
    next();
  };
}
