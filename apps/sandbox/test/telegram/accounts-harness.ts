import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { createTelegramAccounts } from "../../src/telegram/accounts.ts";
import { registeredApp } from "../../src/telegram/registered-app.ts";
import { getPhone } from "../../src/telegram/phone.ts";
import { RpcError, type RpcCaller, type TlObject } from "@patchbay/mtproto-server";
import { proofOf } from "./srp-client.ts";

export const numbers = {
  lena: "+12025550101",
  marco: "+12025550102",
  yuki: "+61491570156",
  amara: "+33639980104",
  noah: "+12025550106",
  victor: "+12025550107",
};

/** A client as the accounts know it: an authorization key at a data centre. */
export interface Client {
  readonly caller: RpcCaller;
  call(name: string, fields?: object): Promise<TlObject>;
  /** What the server says no with. */
  refused(name: string, fields?: object): Promise<string>;
  sendCode(phone: string): Promise<string>;
  signIn(phone: string): Promise<TlObject>;
  /** Logs somebody in who has no password. */
  logIn(phone: string): Promise<TlObject>;
  givePassword(password: string): Promise<TlObject>;
  exportToken(exceptIds?: bigint[]): Promise<TlObject>;
}

/** The accounts alone, with a clock of ours and no wire. */
export function createDesk(settings = {}) {
  let now = Date.UTC(2026, 0, 2);
  const pushed: { authKeyId: string; update: TlObject }[] = [];
  const clock = {
    now: () => now,
    advance: (ms: number) => void (now += ms),
    set: (ms: number) => void (now = ms),
    reset: () => undefined,
  };
  const accounts = createTelegramAccounts({
    clock,
    settings,
    push: (authKeyId, update) => void pushed.push({ authKeyId, update }),
  });
  const codeFor = (phone: string): string => getPhone(accounts, phone).listMessages()[0]?.code ?? "none";

  function client(dc = 2): Client {
    const authKeyId = randomBytes(8).toString("hex");
    const device = { model: "Desk", system: "Test", app: "1.0" };
    const caller = { authKeyId, dc, layer: 198, apiId: registeredApp.apiId, device };
    const call: Client["call"] = async (name, fields = {}) =>
      (await accounts.answer({ _: name, ...fields }, caller)) as TlObject;
    const sendCode: Client["sendCode"] = async (phoneNumber) =>
      String((await call("auth.sendCode", { phoneNumber, ...registeredApp }))["phoneCodeHash"]);
    const signIn: Client["signIn"] = async (phoneNumber) => {
      const phoneCodeHash = await sendCode(phoneNumber);
      return call("auth.signIn", { phoneNumber, phoneCodeHash, phoneCode: codeFor(phoneNumber) });
    };
    return {
      caller,
      call,
      sendCode,
      signIn,
      refused: (name, fields) => refusal(call(name, fields)),
      logIn: signIn,
      givePassword: async (password) =>
        call("auth.checkPassword", { password: proofOf(await call("account.getPassword"), password) }),
      exportToken: (exceptIds = []) => call("auth.exportLoginToken", { ...registeredApp, exceptIds }),
    };
  }

  return { accounts, clock, pushed, client, codeFor, phone: (number: string) => getPhone(accounts, number) };
}

/** Code and name of the error that a call ends in. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const outcome = await work.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(RpcError);
  return outcome instanceof RpcError ? `${outcome.code} ${outcome.message}` : "";
}

export const wrong = (code: string): string => (code === "00000" ? "00001" : "00000");
export const minute = 60_000;
