import { expect, test } from "vitest";
import type { Credentials } from "../../src/provider.ts";
import { watchDialling } from "./dialled.ts";
import { openWorld } from "./open-world.ts";
import { createWorld, people, sandboxInThread, walk } from "./world.ts";

const world = await openWorld();
const { lena, marco, yuki } = people;

async function connect(phone: string): Promise<Credentials> {
  const step = await world.begin({ phone });
  const connected = await world.answer(step, { code: await world.code(phone) });
  if (connected.type !== "connected") throw new Error(`not connected but at "${connected.type}"`);
  return connected.grant.credentials;
}

const sessionOf = ({ metadata }: Credentials) => metadata["session"] ?? "";

test("the stored session opens the account, in another process", async () => {
  for (const { phone, id } of [lena, yuki]) {
    const credentials = await connect(phone);
    expect(await world.gateway().whoAmI(sessionOf(credentials))).toMatchObject({ id: String(id) });
  }
});

test("revoking logs out, and what is revoked already counts as revoked", async () => {
  const credentials = await connect(yuki.phone);
  const provider = world.provider();
  expect(await provider.revoke?.(credentials)).toEqual({ outcome: "revoked" });
  expect(
    await world
      .gateway()
      .whoAmI(sessionOf(credentials))
      .catch(() => undefined),
  ).toBeUndefined();
  expect(await provider.revoke?.(credentials)).toEqual({ outcome: "revoked" });
});

test("a session that was ended on the phone counts as revoked", async () => {
  const credentials = await connect(lena.phone);
  await world.control.endSessions({ phone: lena.phone });
  expect(await world.provider().revoke?.(credentials)).toEqual({ outcome: "revoked" });
});

test("after giving up, the code is worth nothing", async () => {
  const step = await world.begin({ phone: lena.phone });
  const code = await world.code(lena.phone);
  await world.provider().abandon?.(walk, "providerState" in step ? step.providerState : {});
  await expect(world.answer(step, { code })).rejects.toMatchObject({ code: "code_expired" });
});

test("giving up a login that got in unnoticed logs it out", async () => {
  const step = await world.begin({});
  await world.scan(step, lena.phone);
  await world.answer(step, {});
  await world.provider().abandon?.(walk, "providerState" in step ? step.providerState : {});
  await expect(world.answer(step, {})).resolves.toMatchObject({ type: "scan" });
});

test("a code whose acceptance got lost on the way connects when it is given again", async () => {
  const step = await world.begin({ phone: lena.phone });
  const code = await world.code(lena.phone);
  await world.answer(step, { code });
  expect(await world.answer(step, { code })).toMatchObject({
    type: "connected",
    grant: { account: { id: String(lena.id) } },
  });
});

test("keys that the server has forgotten end the attempt, and soon", async () => {
  const code = await world.begin({ phone: lena.phone });
  const scan = await world.begin({});
  const password = await world.answer(await world.begin({ phone: marco.phone }), {
    code: await world.code(marco.phone),
  });
  await world.control.forgetKeys();
  const began = performance.now();
  await expect(world.answer(code, { code: "12345" })).rejects.toMatchObject({ code: "code_expired" });
  await expect(world.answer(scan, {})).rejects.toMatchObject({ code: "code_expired" });
  await expect(world.answer(password, { password: "x" })).rejects.toMatchObject({ code: "code_expired" });
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("nothing but the proxy is ever dialled", async () => {
  await using world = await createWorld(await sandboxInThread());
  using dialled = watchDialling();
  const scanned = await world.begin({});
  await world.scan(scanned, lena.phone);
  const connected = await world.answer(scanned, {});
  expect(connected.type).toBe("connected");
  const [proxy, page] = [world.sandbox.telegram.proxy, world.sandbox.url].map((url) => new URL(url).host);
  // One for the token; one for the look at it, and one more where it leads.
  expect(dialled.addresses.filter((address) => address !== page)).toEqual([proxy, proxy, proxy]);
});

test("among the account's devices the user sees Patchbay, and nothing of the machine", async () => {
  await world.control.endSessions({ phone: yuki.phone });
  await connect(yuki.phone);
  const sessions = await world.control.listSessions({ phone: yuki.phone });
  expect(sessions).toEqual([expect.objectContaining({ model: "Patchbay", system: "Patchbay", app: "1.0" })]);
});

test("a server that is down is out of reach, at every step", async () => {
  const other = await createWorld();
  const step = await other.begin({ phone: lena.phone });
  const credentials = { metadata: { session: "providerState" in step ? (step.providerState["session"] ?? "") : "" } };
  await other.sandbox.close();
  const down = expect.objectContaining({ code: "provider_unavailable" });
  await expect(other.begin({ phone: lena.phone })).rejects.toEqual(down);
  await expect(other.begin({})).rejects.toEqual(down);
  await expect(other.answer(step, { code: "12345" })).rejects.toEqual(down);
  await expect(other.provider().revoke?.(credentials)).rejects.toEqual(down);
});
