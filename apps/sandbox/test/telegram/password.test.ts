import { describe, expect, it } from "vitest";
import type { TlObject } from "@patchbay/mtproto-server";
import { createDesk, minute, numbers, refusal } from "./accounts-harness.ts";
import { proofOf } from "./srp-client.ts";

const { marco, lena } = numbers;
const password = "espresso doppio";

/** A client that has given the code and is asked for the password. */
async function half(desk = createDesk()) {
  const self = desk.client();
  expect(await refusal(self.signIn(marco))).toBe("401 SESSION_PASSWORD_NEEDED");
  const ask = () => self.call("account.getPassword");
  const check = (proof: TlObject) => self.call("auth.checkPassword", { password: proof });
  return { ...desk, self, ask, check };
}

describe("a login with a password", () => {
  it("a login waits for the password: until then nobody is logged in", async () => {
    const { self, phone } = await half();
    expect(await self.refused("users.getUsers", { id: [{ _: "inputUserSelf" }] })).toBe("401 AUTH_KEY_UNREGISTERED");
    expect(phone(marco).listSessions()).toEqual([]);
  });

  it("the right password lets in, by the client's own arithmetic", async () => {
    const { self, phone } = await half();
    expect(await self.givePassword(password)).toMatchObject({ user: { firstName: "Marco" } });
    expect(phone(marco).listSessions()).toHaveLength(1);
    expect(await self.call("account.getPassword")).toMatchObject({ hasPassword: true });
  });

  it("a login tells the password's hint, and all that the arithmetic needs", async () => {
    const { ask } = await half();
    const question = await ask();
    expect(question).toMatchObject({ _: "account.password", hint: "what I drink", currentAlgo: { g: 3 } });
    expect(question["srpB"]).toHaveLength(256);
    expect(question["srpId"]).toBeTypeOf("bigint");
    expect(question["secureRandom"]).toHaveLength(256);
  });

  it("a wrong password is refused, and each question takes one answer", async () => {
    const { ask, check } = await half();
    const question = await ask();
    expect(await refusal(check(proofOf(question, "latte")))).toBe("400 PASSWORD_HASH_INVALID");
    expect(await refusal(check(proofOf(question, password)))).toBe("400 SRP_ID_INVALID");
    const older = await ask();
    const newer = await ask();
    expect(newer["srpB"]).not.toEqual(older["srpB"]);
    expect(await refusal(check(proofOf(older, password)))).toBe("400 SRP_ID_INVALID");
    expect(await check(proofOf(newer, password))).toMatchObject({ _: "auth.authorization" });
  });

  it("half-made proofs of a password are refused", async () => {
    const { ask, check } = await half();
    const zero = { ...proofOf(await ask(), password), A: Buffer.alloc(256) };
    expect(await refusal(check(zero))).toBe("400 PASSWORD_HASH_INVALID");
    const question = await ask();
    const prime = (question["currentAlgo"] as { p: Buffer }).p;
    expect(await refusal(check({ ...proofOf(question, password), A: prime }))).toBe("400 PASSWORD_HASH_INVALID");
    expect(await refusal(check({ _: "inputCheckPasswordEmpty" }))).toBe("400 PASSWORD_HASH_INVALID");
  });

  it("a login notices that the password was changed meanwhile, or taken away", async () => {
    const { ask, check, accounts } = await half();
    const question = await ask();
    accounts.state.people.updatePerson("marco", { password: "ristretto" });
    expect(await refusal(check(proofOf(question, password)))).toBe("400 SRP_PASSWORD_CHANGED");
    expect(await check(proofOf(await ask(), "ristretto"))).toMatchObject({ _: "auth.authorization" });
    accounts.state.people.updatePerson("marco", { password: null });
    expect(await ask()).not.toHaveProperty("srpB");
  });

  it("five wrong passwords lead to a wait", async () => {
    const desk = await half();
    for (let round = 0; round < 5; round += 1)
      expect(await refusal(desk.self.givePassword("latte"))).toBe("400 PASSWORD_HASH_INVALID");
    expect(await refusal(desk.self.givePassword(password))).toBe("420 FLOOD_WAIT_600");
    desk.clock.advance(10 * minute);
    expect(await desk.self.givePassword(password)).toMatchObject({ _: "auth.authorization" });
  });

  it("a password is not taken from a key that gave no code", async () => {
    const { client } = createDesk();
    expect(await client().refused("account.getPassword")).toBe("401 AUTH_KEY_UNREGISTERED");
    expect(await client().refused("auth.checkPassword")).toBe("401 AUTH_KEY_UNREGISTERED");
  });

  it("no password is asked of a person who has none", async () => {
    const self = createDesk().client();
    await self.logIn(lena);
    expect(await self.call("account.getPassword")).toMatchObject({ newAlgo: { g: 3 } });
    expect(await self.call("account.getPassword")).not.toHaveProperty("hasPassword");
  });
});
