import { expect, test } from "vitest";
import { withoutProviders } from "./sandbox.ts";

test("real settings of the providers are left out, and named", () => {
  const env = { PATH: "/bin", ACME_CLIENT_SECRET: "real", ACME_CLIENT_ID: "real", ACMEX: "1" };
  expect(withoutProviders(env, ["acme"])).toEqual([
    { PATH: "/bin", ACMEX: "1" },
    ["ACME_CLIENT_ID", "ACME_CLIENT_SECRET"],
  ]);
});
