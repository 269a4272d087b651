import { gzipSync } from "node:zlib";
import type { Plugin, Rollup } from "vite";

/**
 * Prints how much JavaScript a first load costs, gzipped, and fails the build where it is more than `limit` bytes: of the
 * entry, which holds the integrations page, and of each page that has a chunk to itself.
 */
export function budget(limit: number): Plugin {
  return {
    name: "budget",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const entries = chunks.filter(({ isEntry }) => isEntry);
        for (const page of [...entries, ...chunks.filter(isPage)]) {
          const bytes = weigh(closure([...entries, page], bundle));
          const verdict = `first load of ${page.name}: ${kilobytes(bytes)} of JavaScript gzipped, budget ${kilobytes(limit)}`;
          if (bytes > limit) this.error(verdict);
          this.info(verdict);
        }
      },
    },
  };
}

const isPage = ({ isEntry, facadeModuleId }: Rollup.OutputChunk): boolean =>
  !isEntry && (facadeModuleId?.includes("/src/pages/") ?? false);

/** The chunks and everything they import statically. What they import lazily is not part of a first load. */
function closure(roots: Rollup.OutputChunk[], bundle: Rollup.OutputBundle): Set<Rollup.OutputChunk> {
  const found = new Set<Rollup.OutputChunk>();
  const visit = (chunk: Rollup.OutputBundle[string] | undefined): void => {
    if (chunk?.type !== "chunk" || found.has(chunk)) return;
    found.add(chunk);
    for (const name of chunk.imports) visit(bundle[name]);
  };
  for (const root of roots) visit(root);
  return found;
}

function weigh(chunks: Iterable<Rollup.OutputChunk>): number {
  return [...chunks].reduce((sum, { code }) => sum + gzipSync(code).length, 0);
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
