import { gzipSync } from "node:zlib";
import type { Plugin, Rollup } from "vite";

/** How much JavaScript a page may fetch, gzipped. */
interface PageBudget {
  /** The page's module. */
  module: string;
  /** For what the page needs before it is shown. */
  maxShownBytes: number;
  /** The module that the page loads by itself when it is shown and the browser is idle. */
  idleModule?: string;
  /** For everything that a first visit fetches. */
  maxVisitBytes?: number;
}

/**
 * Prints how much gzipped JavaScript a first visit of each page fetches, and fails the build if it is more than the budget.
 * A page needs the entry, the chunk of its module, which the entry imports lazily, and what those import statically. A visit
 * also fetches the idle module. Dialogs are not counted, because the user has to reach for them first.
 */
export function checkBudget(pages: readonly PageBudget[]): Plugin {
  return {
    name: "budget",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const entries = chunks.filter(({ isEntry }) => isEntry);
        const find = (module: string): Rollup.OutputChunk => {
          const found = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(module)));
          return found ?? this.error(`${module} has no chunk, so it cannot be counted`);
        };
        const check = (what: string, needed: Rollup.OutputChunk[], maxBytes: number): void => {
          const bytes = sumGzipped(collectImports([...entries, ...needed], bundle));
          const verdict = `${what}: ${toKilobytes(bytes)} of JavaScript gzipped, budget ${toKilobytes(maxBytes)}`;
          if (bytes > maxBytes) this.error(verdict);
          this.info(verdict);
        };
        for (const { module, maxShownBytes, idleModule, maxVisitBytes } of pages) {
          check(`${module}, until it is shown`, [find(module)], maxShownBytes);
          if (idleModule === undefined || maxVisitBytes === undefined) continue;
          check(`${module}, all of a first visit`, [find(module), find(idleModule)], maxVisitBytes);
        }
      },
    },
  };
}

/** Collects chunks and everything that they import statically. */
function collectImports(roots: Rollup.OutputChunk[], bundle: Rollup.OutputBundle): Set<Rollup.OutputChunk> {
  const found = new Set<Rollup.OutputChunk>();
  const add = (chunk: Rollup.OutputBundle[string] | undefined): void => {
    if (chunk?.type !== "chunk" || found.has(chunk)) return;
    found.add(chunk);
    for (const name of chunk.imports) add(bundle[name]);
  };
  for (const root of roots) add(root);
  return found;
}

function sumGzipped(chunks: Iterable<Rollup.OutputChunk>): number {
  return [...chunks].reduce((sum, { code }) => sum + gzipSync(code).length, 0);
}

const toKilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
