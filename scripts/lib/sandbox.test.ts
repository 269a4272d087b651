import { expect, test } from "vitest";
import { credentials, withoutProviders } from "./sandbox.ts";

test("an app of the sandbox becomes the variables of its provider; what is no text does not", () => {
  const apps = { acme: { clientId: "sandbox-acme", secretKey: "s3cret", scopes: ["read"], livemode: false } };
  expect(credentials(apps)).toEqual({ ACME_CLIENT_ID: "sandbox-acme", ACME_SECRET_KEY: "s3cret" });
});

test("real settings of the providers are left out, and named", () => {
  const env = { PATH: "/bin", ACME_CLIENT_SECRET: "real", ACME_CLIENT_ID: "real", ACMEX: "1" };
  expect(withoutProviders(env, ["acme"])).toEqual([
    { PATH: "/bin", ACMEX: "1" },
    ["ACME_CLIENT_ID", "ACME_CLIENT_SECRET"],
  ]);
});
