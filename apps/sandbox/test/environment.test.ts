import { expect, it } from "vitest";
import { buildEnvironment } from "../src/environment.ts";

it("an app becomes the variables of its provider; what is no text and no number does not", () => {
  const acme = { clientId: "sandbox-acme", secretKey: "s3cret", apiId: 7, scopes: ["read"], livemode: false };
  expect(buildEnvironment({ acme })).toEqual({
    ACME_CLIENT_ID: "sandbox-acme",
    ACME_SECRET_KEY: "s3cret",
    ACME_API_ID: "7",
  });
});
