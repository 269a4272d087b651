import { existsSync, readdirSync } from "node:fs";
import { extname } from "node:path";
import type { RequestHandler } from "express";

const extensions = { br: ".br", gzip: ".gz" } as const;

/**
 * Leads a request for a built file to the one beside it that the build made in Brotli or gzip, where the browser takes it (RFC
 * 9110 12.5.3). What is sent then is a file like any other.
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
