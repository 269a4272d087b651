import type { Plugin } from "vite";

/**
 * Links the small chunks that a page shares with other pages in the document. Without the links, a browser learns of them
 * only when it has read the chunk before, and fetches one after the other.
 */
export function linkSharedChunks(page: string): Plugin {
  return {
    name: "preload",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const pageChunk = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(page)));
        const entries = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
        return (pageChunk?.imports ?? [])
          .filter((name) => !entries.has(name))
          .map((name) => ({
            tag: "link",
            attrs: { rel: "modulepreload", crossorigin: true, href: `/${name}` },
            injectTo: "head",
          }));
      },
    },
  };
}
