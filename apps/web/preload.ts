import type { Plugin } from "vite";

/**
 * Links, in the document, the small chunks that a page shares with the other. A browser that learns of them only when it
 * has read the chunk before asks for them one after the other.
 */
export function preload(page: string): Plugin {
  return {
    name: "preload",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
        const wanted = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(page));
        const entries = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
        return (wanted?.imports ?? [])
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
