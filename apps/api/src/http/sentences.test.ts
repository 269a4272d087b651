import { expect, test } from "vitest";
import { sentences } from "./sentences.ts";

test.each([
  "provider_unavailable",
  "provider_misbehaved",
  "provider_misconfigured",
  "provider_not_configured",
] as const)("%s is said to back ends and to providers as well, for whom nothing was to be connected", (code) => {
  expect(sentences[code]).not.toMatch(/\bconnected\b/i);
});
