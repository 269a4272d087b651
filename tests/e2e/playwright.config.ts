import { defineConfig } from "@playwright/test";
import { appUrl } from "./support/addresses.ts";
import { chromium } from "./support/chromium.ts";

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "./support/programs.ts",
  // Two cores: a browser more would make every one slower.
  workers: 2,
  forbidOnly: process.env["CI"] !== undefined,
  retries: 0,
  // A provider's tests make it fail, and share its people: one at a time, and nobody else beside them.
  projects: [
    { name: "providers", testDir: "providers" },
    { name: "page", testMatch: "*.spec.ts", testIgnore: "providers/**", dependencies: ["providers"] },
  ],
  // Several walk through all providers, beside another browser on two cores.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: appUrl,
    launchOptions: chromium(),
    // Recording takes a browser longer than what it records; on CI nobody could look at it.
    trace: process.env["CI"] === undefined ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
  },
});
