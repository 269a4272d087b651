import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { checkBudget } from "./check-budget.ts";
import { writeCompressed } from "./write-compressed.ts";
import { dropPreloadHelper } from "./drop-preload-helper.ts";
import { linkSharedChunks } from "./link-shared-chunks.ts";

const { PORT = "3000", WEB_PORT = "5173" } = process.env;

export default defineConfig(({ command }) => ({
  plugins: [
    react(),
    dropPreloadHelper(),
    linkSharedChunks("/src/pages/integrations.tsx"),
    checkBudget([
      {
        module: "/src/pages/integrations.tsx",
        maxShownBytes: 105_000,
        idleModule: "/src/live/live-list.ts",
        maxVisitBytes: 109_000,
      },
      {
        module: "/src/pages/connect.tsx",
        maxShownBytes: 109_000,
        idleModule: "/src/live/live-list.ts",
        maxVisitBytes: 113_000,
      },
      { module: "/src/pages/sign-in.tsx", maxShownBytes: 105_000 },
    ]),
    writeCompressed(),
    {
      name: "app-name",
      apply: "serve",
      transformIndexHtml: (html) => html.replaceAll("PATCHBAY_APP_NAME", "Patchbay"),
    },
  ],
  // The API replaces this placeholder with a new nonce in each response, and PATCHBAY_APP_NAME with the product's name. The
  // development server has no nonce.
  ...(command === "build" && { html: { cspNonce: "PATCHBAY_CSP_NONCE" } }),
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      // One chunk for all that the document's script imports. Split, it compresses worse.
      output: { codeSplitting: { groups: [{ name: "app", tags: ["$initial"] }] } },
      treeshake: {
        // No module here has a getter with a side effect.
        propertyReadSideEffects: false,
        // tRPC's client does not declare that its modules have no side effects. Its WebSockets would be included unused.
        moduleSideEffects: [{ test: /@trpc\/client/, sideEffects: false }],
      },
    },
  },
  server: {
    host: "localhost",
    port: Number(WEB_PORT),
    strictPort: true,
    proxy: { "/api": { target: `http://127.0.0.1:${PORT}` } },
  },
}));
