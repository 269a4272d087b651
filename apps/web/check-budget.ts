import { gzipSync } from "node:zlib";
import type { Plugin, Rollup } from "vite";

interface PageBudget {
  /** For what a page needs before it is shown. */
  maxShownBytes: number;
  /** For everything that a first visit fetches. */
  maxVisitBytes: number;
  /** The module that a page loads by itself when it is shown and the browser is idle, by the name of the page. */
  idleModules: Readonly<Record<string, string>>;
}

/**
 * Prints how much gzipped JavaScript a first visit of each page fetches, and fails the build if it is more than the budget.
 * A page needs the entry, its own chunk, which the entry imports lazily, and what those import statically. A visit also
 * fetches the idle module. Dialogs are not counted, because the user has to reach for them first.
 */
export function checkBudget({ maxShownBytes, maxVisitBytes, idleModules }: PageBudget): Plugin {
  return {
    name: "budget",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const entries = chunks.filter(({ isEntry }) => isEntry);
        const check = (what: string, needed: Rollup.OutputChunk[], maxBytes: number): void => {
          const bytes = sumGzipped(collectImports([...entries, ...needed], bundle));
          const verdict = `${what}: ${toKilobytes(bytes)} of JavaScript gzipped, budget ${toKilobytes(maxBytes)}`;
          if (bytes > maxBytes) this.error(verdict);
          this.info(verdict);
        };
        for (const page of chunks.filter(isPage)) {
          check(`${page.name}, until it is shown`, [page], maxShownBytes);
          const idleModule = idleModules[page.name];
          if (idleModule === undefined) continue;
          const found = chunks.filter(({ facadeModuleId }) => facadeModuleId?.endsWith(idleModule));
          if (found.length === 0) this.error(`${idleModule} has no chunk, so a first visit cannot be counted`);
          check(`${page.name}, all of a first visit`, [page, ...found], maxVisitBytes);
        }
      },
    },
  };
}

const isPage = ({ isEntry, facadeModuleId }: Rollup.OutputChunk): boolean =>
  !isEntry && (facadeModuleId?.includes("/src/pages/") ?? false);

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
