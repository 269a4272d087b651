import { defineConfig } from "@playwright/test";
import { appUrl } from "./support/addresses.ts";
import { chromium } from "./support/chromium.ts";

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results",
  globalSetup: "./support/programs.ts",
  // Two cores: a browser more would make every one slower.
  workers: 2,
  fullyParallel: true,
  forbidOnly: process.env["CI"] !== undefined,
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: appUrl,
    launchOptions: chromium(),
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
