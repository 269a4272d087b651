import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import type { Plugin } from "vite";

const encodings = { br: promisify(brotliCompress), gz: promisify(gzip) };
/** Below this, an encoding saves no packet. */
const leastBytes = 1_000;

/** Writes each text file of the build in Brotli and gzip, too, beside itself: made once, at their best, for every answer. */
export function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    async writeBundle({ dir = "" }, bundle) {
      const texts = Object.values(bundle).filter(({ fileName }) => /\.(js|css|svg)$/.test(fileName));
      await Promise.all(
        texts.map(async (file) => {
          const bytes = Buffer.from(file.type === "chunk" ? file.code : file.source);
          if (bytes.length < leastBytes) return;
          for (const [extension, encode] of Object.entries(encodings)) {
            await writeFile(join(dir, `${file.fileName}.${extension}`), await encode(bytes));
          }
        }),
      );
    },
  };
}
