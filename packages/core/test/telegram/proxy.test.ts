import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { createGateway } from "../../src/telegram/index.ts";
import { watchDialling } from "./dialled.ts";
import { stubProxy } from "./stub-proxy.ts";

// Key exchanges take their time, and failed connections are tried again.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

const app = { apiId: 17_349, apiHash: "0".repeat(32) };
const phone = "+12025550101";
const unavailable = expect.objectContaining({ name: "ConnectError", code: "provider_unavailable" });

/** Timers and sockets that hold this process, but for those that were there before. */
const held = () => process.getActiveResourcesInfo().filter((resource) => /TCPSocket|Timeout/.test(resource)).length;

/** Waits until a call has left nothing. While it looks, it has no timer of its own. */
async function expectNothingHeld({ sockets }: { sockets: Set<unknown> }, before: number): Promise<void> {
  for (let tries = 0; tries < 100 && (sockets.size > 0 || held() > before); tries += 1) await sleep(50);
  expect(sockets.size).toBe(0);
  expect(held()).toBeLessThanOrEqual(before);
}

test("a proxy that refuses is not gone around", async () => {
  await using gone = await stubProxy(() => undefined);
  const { address } = gone;
  await gone[Symbol.asyncDispose]().catch(() => undefined);
  using dialled = watchDialling();
  const gateway = createGateway({ ...app, proxy: `socks5://${address}`, timeoutMs: 5_000 });
  await expect(gateway.sendCode(phone)).rejects.toEqual(unavailable);
  expect(new Set(dialled.addresses)).toEqual(new Set([address]));
});

test("a proxy that hangs up is tried again a few times, then Telegram is out of reach", async () => {
  await using proxy = await stubProxy((socket) => socket.destroy());
  using dialled = watchDialling();
  const gateway = createGateway({ ...app, proxy: `socks5://${proxy.address}`, timeoutMs: 5_000 });
  await expect(gateway.exportToken()).rejects.toEqual(unavailable);
  expect(dialled.addresses).toEqual(Array.from({ length: 4 }, () => proxy.address));
});

test("a proxy that says nothing is given up at the deadline, and nothing is left of the call", async () => {
  await using proxy = await stubProxy((socket) => void socket.resume());
  const before = held();
  const gateway = createGateway({ ...app, proxy: `socks5://${proxy.address}`, timeoutMs: 400 });
  const began = performance.now();
  await expect(gateway.sendCode(phone)).rejects.toEqual(unavailable);
  expect(performance.now() - began).toBeLessThan(5_000);
  await expectNothingHeld(proxy, before);
});

test("a server that says nothing is given up at the deadline, and the proxy let go", async () => {
  const granted = Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]);
  await using proxy = await stubProxy((socket) => {
    socket.once("data", () => {
      socket.write(Buffer.from([5, 0]));
      socket.once("data", () => socket.write(granted));
    });
  });
  const before = held();
  const gateway = createGateway({ ...app, proxy: `socks5://${proxy.address}`, timeoutMs: 400 });
  await expect(gateway.sendCode(phone)).rejects.toEqual(unavailable);
  await expectNothingHeld(proxy, before);
});

test.each(["http://127.0.0.1:1", "127.0.0.1:1080", "socks5://", ""])("%j is not taken for a proxy", (proxy) => {
  expect(() => createGateway({ ...app, proxy })).toThrow(expect.objectContaining({ code: "provider_misconfigured" }));
});

test.each(["", "no key", "-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----"])(
  "%j is not taken for the keys of a server",
  (serverKeys) => {
    expect(() => createGateway({ ...app, serverKeys })).toThrow(
      expect.objectContaining({ code: "provider_misconfigured" }),
    );
  },
);
