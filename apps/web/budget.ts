import { gzipSync } from "node:zlib";
import type { Plugin, Rollup } from "vite";

interface Budget {
  /** Bytes, for what a page needs before it stands. */
  stands: number;
  /** Bytes, for all that a first visit fetches. */
  visit: number;
  /** What a page fetches by itself once it stands and the browser is idle, by its file. */
  idle: Readonly<Record<string, string>>;
}

/**
 * Prints how much JavaScript a first visit of each page costs, gzipped, and fails the build where it is more than the
 * budget. A page needs the entry, its own chunk, which the entry imports lazily, and whatever those import statically.
 * What it fetches when it is idle is counted on top; dialogs, details and codes to scan are not, for somebody has to
 * reach for them first.
 */
export function budget({ stands, visit, idle }: Budget): Plugin {
  return {
    name: "budget",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const entries = chunks.filter(({ isEntry }) => isEntry);
        const say = (what: string, needed: Rollup.OutputChunk[], limit: number): void => {
          const bytes = weigh(closure([...entries, ...needed], bundle));
          const verdict = `${what}: ${kilobytes(bytes)} of JavaScript gzipped, budget ${kilobytes(limit)}`;
          if (bytes > limit) this.error(verdict);
          this.info(verdict);
        };
        for (const page of chunks.filter(isPage)) {
          say(`${page.name}, until it stands`, [page], stands);
          const later = idle[page.name];
          if (later === undefined) continue;
          const found = chunks.filter(({ facadeModuleId }) => facadeModuleId?.endsWith(later));
          if (found.length === 0) this.error(`no chunk of ${later}: what a visit costs cannot be counted`);
          say(`${page.name}, all of a first visit`, [page, ...found], visit);
        }
      },
    },
  };
}

const isPage = ({ isEntry, facadeModuleId }: Rollup.OutputChunk): boolean =>
  !isEntry && (facadeModuleId?.includes("/src/pages/") ?? false);

/** The chunks and everything they import statically. */
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
