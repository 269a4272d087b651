import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import type { Plugin } from "vite";

const encodings = { br: promisify(brotliCompress), gz: promisify(gzip) };
/** For a smaller file, an encoding saves no packet. */
const minEncodedBytes = 1_000;

/** Writes a Brotli and a gzip file beside each text file of the build, so that the server compresses nothing itself. */
export function writeCompressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    async writeBundle({ dir = "" }, bundle) {
      const texts = Object.values(bundle).filter(({ fileName }) => /\.(js|css|svg)$/.test(fileName));
      await Promise.all(
        texts.map(async (file) => {
          const bytes = Buffer.from(file.type === "chunk" ? file.code : file.source);
          if (bytes.length < minEncodedBytes) return;
          for (const [extension, encode] of Object.entries(encodings)) {
            await writeFile(join(dir, `${file.fileName}.${extension}`), await encode(bytes));
          }
        }),
      );
    },
  };
}
