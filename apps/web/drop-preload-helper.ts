import type { Plugin } from "vite";

/**
 * Leaves out Vite's helper that loads the styles of a lazy chunk before the chunk. The document links all styles, and the
 * build fails if a chunk has styles of its own.
 */
export function dropPreloadHelper(): Plugin {
  return {
    name: "drop-preload-helper",
    apply: "build",
    enforce: "pre",
    load: {
      filter: { id: /vite\/preload-helper\.js$/ },
      handler: () => "export const __vitePreload = (load) => load();",
    },
    generateBundle(_, bundle) {
      const styles = Object.keys(bundle).filter((name) => name.endsWith(".css"));
      if (styles.length > 1) this.error(`${styles.join(" and ")}: import all styles in main.tsx`);
    },
  };
}
