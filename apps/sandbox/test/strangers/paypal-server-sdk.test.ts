import { Client, Environment, OAuthAuthorizationController } from "@paypal/paypal-server-sdk";
import { describe, expect, it } from "vitest";
import { bench } from "../harness.ts";
import { fetchAt } from "./wire.ts";

const sandbox = bench();
const clientSecret = "EHs4uKq9ZtVb2mWcX7rPfL1nDj6yTg8aQo3iRk5e";

/** PayPal's client sends through axios, which takes a fetch of our own. */
const clientWith = (oAuthClientSecret: string): Client =>
  new Client({
    environment: Environment.Sandbox,
    clientCredentialsAuthCredentials: { oAuthClientId: "sandbox-paypal", oAuthClientSecret },
    unstable_httpClientOptions: { adapter: "fetch", env: { fetch: fetchAt(sandbox), Request, Response } },
  });

describe("PayPal's own server SDK", () => {
  it("PayPal's own server SDK gets a token of the app, by its own schema", async () => {
    const token = await clientWith(clientSecret).clientCredentialsAuthManager.fetchToken();
    expect(token).toMatchObject({ accessToken: expect.stringMatching(/^A21AA/), tokenType: "Bearer" });
    expect(Number(token.expiresIn)).toBeGreaterThan(30_000);
  });

  it("PayPal's own server SDK is told that its secret is wrong", async () => {
    const authorization = `Basic ${Buffer.from("sandbox-paypal:wrong").toString("base64")}`;
    const asking = new OAuthAuthorizationController(clientWith("wrong")).requestToken({ authorization });
    await expect(asking).rejects.toMatchObject({
      statusCode: 401,
      result: { error: "invalid_client" },
    });
  });
});
