import { expect, test } from "vitest";
import { maintenanceDelaySeconds, measureLifetimes } from "./lifetimes.ts";
import type { Provider } from "./provider.ts";

const provider = (part: Partial<Provider>) => part as Provider;
const refresh = async () => ({ metadata: {} });
const probe = async () => {};

test("a token is renewed at 75 to 85 per cent of its life", () => {
  expect(maintenanceDelaySeconds(provider({ refresh }), 7200, 0)).toBe(5400);
  expect(maintenanceDelaySeconds(provider({ refresh }), 7200, 1)).toBeCloseTo(6120);
});

test("a token that ends at once, or very soon, is no job's to renew over and over", () => {
  for (const lasts of [0, 0.5, 9]) expect(maintenanceDelaySeconds(provider({ refresh }), lasts, 0)).toBe(60);
  expect(maintenanceDelaySeconds(provider({ refresh }), 20, 0)).toBe(15);
});

test("what has no end is asked about every five to seven hours, and what cannot be asked never", () => {
  expect(maintenanceDelaySeconds(provider({ probe }), undefined, 0)).toBe(5 * 3600);
  expect(maintenanceDelaySeconds(provider({ probe }), undefined, 1)).toBeCloseTo(7 * 3600);
  expect(maintenanceDelaySeconds(provider({}), undefined, 0)).toBeUndefined();
});

test("a moment in the past lasts no longer, and no moment has no end", () => {
  expect(measureLifetimes({ metadata: {}, expiresAt: new Date(0) })).toEqual({
    expiresInSeconds: 0,
    refreshExpiresInSeconds: undefined,
  });
  expect(
    measureLifetimes({ metadata: {}, refreshExpiresAt: new Date(Date.now() + 60_000) }).refreshExpiresInSeconds,
  ).toBeCloseTo(60, 0);
});
