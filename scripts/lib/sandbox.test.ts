import { expect, test } from "vitest";
import { withoutProviders } from "./sandbox.ts";

test("the real settings of providers are left out, and their names are returned", () => {
  const env = { PATH: "/bin", ACME_CLIENT_SECRET: "real", ACME_CLIENT_ID: "real", ACMEX: "1" };
  expect(withoutProviders(env, ["acme"])).toEqual([
    { PATH: "/bin", ACMEX: "1" },
    ["ACME_CLIENT_ID", "ACME_CLIENT_SECRET"],
  ]);
});
