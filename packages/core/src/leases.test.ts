import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createProviderHttp } from "./http/index.ts";
import * as leases from "./leases.ts";

const { requestSeconds, conversationSeconds, latestBegin } = leases;

afterEach(() => void vi.useRealTimers());

describe("a lease covers", () => {
  test.each([
    ["a refresh: an introspection and a refresh", leases.refreshLeaseSeconds, 2],
    [
      "a revocation: introspection, refresh, removal of the webhook address, revocation",
      leases.revocationLeaseSeconds,
      5,
    ],
    ["a claim: the exchange of a code and two questions", leases.claimSeconds, 3],
  ])("a lease covers %s, each as long as its time-out", (_what, seconds, requests) => {
    expect(seconds).toBeGreaterThan(requests * requestSeconds);
  });

  test("a login: two conversations and the wait for a scan", () => {
    expect(leases.loginLeaseSeconds).toBeGreaterThan(2 * conversationSeconds + leases.scanWaitSeconds);
  });

  test.each([leases.refreshLeaseSeconds, leases.revocationLeaseSeconds])(
    "a refresh that begins after an introspection that took its whole time (lease of %d s)",
    (seconds) => {
      expect(latestBegin(0, seconds)).toBeGreaterThan(requestSeconds * 1000);
      expect(latestBegin(0, seconds) + requestSeconds * 1000).toBeLessThanOrEqual(seconds * 1000);
    },
  );
});

test("the provider HTTP client ends a request after the time from which the leases are derived", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  try {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const failed = createProviderHttp()
      .send(`http://127.0.0.1:${address.port}/`)
      .catch((failure: unknown) => failure);
    await once(silent, "request");
    const notYet = await Promise.race([failed, vi.advanceTimersByTimeAsync(requestSeconds * 1000 - 1)]);
    expect(notYet).not.toBeInstanceOf(Error);
    await vi.advanceTimersByTimeAsync(1);
    expect(await failed).toMatchObject({ cause: { message: `no whole answer within ${requestSeconds * 1000} ms` } });
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});
