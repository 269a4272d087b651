import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { budget } from "./budget.ts";
import { compressed } from "./compressed.ts";
import { preload } from "./preload.ts";

const { PORT = "3000", WEB_PORT = "5173" } = process.env;

export default defineConfig(({ command }) => ({
  plugins: [
    react(),
    preload("/src/pages/integrations.tsx"),
    budget({ stands: 105_000, visit: 109_000, idle: { integrations: "/src/live/live-list.ts" } }),
    compressed(),
  ],
  // The API puts a fresh nonce in this placeholder's stead with every answer. In development nobody would.
  ...(command === "build" && { html: { cspNonce: "PATCHBAY_CSP_NONCE" } }),
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      // One chunk for all that the document's script imports. Split, it compresses worse.
      output: { codeSplitting: { groups: [{ name: "app", tags: ["$initial"] }] } },
      treeshake: {
        // Nothing here has getters that do more than get.
        propertyReadSideEffects: false,
        // tRPC's client does not say that its modules do nothing by being loaded, and its WebSockets would come along unused.
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
