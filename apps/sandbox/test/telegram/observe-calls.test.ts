import { describe, expect, it } from "vitest";
import { createClock } from "../../src/clock.ts";
import { faultSchema } from "../../src/control/schemas/failures.ts";
import { createFaultStore } from "../../src/http/faults.ts";
import { createRequestLog } from "../../src/logs/request-log.ts";
import { observeCalls } from "../../src/telegram/observe-calls.ts";
import { RpcError, type RpcHandler } from "@patchbay/mtproto-server";
import { createDesk, refusal } from "./accounts-harness.ts";

const { caller } = createDesk().client();

/** A handler under watch, called as the server calls it. */
function watched(answer: RpcHandler["answer"] = async () => true) {
  const faults = createFaultStore();
  const ledger = createRequestLog(createClock(), () => ["telegram"]);
  const eyes = observeCalls({ answer }, { faults, requestLog: ledger });
  return {
    order: (fault: object) => faults.add(faultSchema.parse({ host: "telegram", ...fault })),
    eyes,
    call: async (name: string) => {
      const ordered = eyes.faults.takeFor(name);
      return ordered ?? eyes.handler.answer({ _: name, secret: "hush" }, caller);
    },
    calls: () => (ledger.report() as { calls: object[] }).calls,
  };
}

describe("a watched handler", () => {
  it("the calls of a watched handler are written down by name, with what came of them, and no more", async () => {
    const { call, calls } = watched(async ({ _ }) => {
      if (_ === "b.no") throw new RpcError(401, "NO");
      if (_ === "c.bug") throw new TypeError("bug");
      return true;
    });
    expect(await call("a.yes")).toBe(true);
    expect(await refusal(call("b.no"))).toBe("401 NO");
    await expect(call("c.bug")).rejects.toThrow("bug");
    expect(calls()).toMatchObject([
      { provider: "telegram", host: "telegram", method: "RPC", path: "a.yes", status: 200, failed: false },
      { path: "b.no", status: 401 },
      { path: "c.bug", status: 500 },
    ]);
    expect(JSON.stringify(calls())).not.toContain("hush");
  });

  it("a watched handler refuses at once what is ordered to fail, by name, as often as ordered", async () => {
    const { call, order, calls } = watched();
    order({ path: "auth.signIn", times: 2, body: { error: "FLOOD_WAIT_37", code: 420 } });
    expect(await call("auth.signUp")).toBe(true);
    const flood = { kind: "error", method: "auth.signIn", code: 420, message: "FLOOD_WAIT_37" };
    expect([await call("auth.signIn"), await call("auth.signIn")]).toEqual([flood, flood]);
    expect(await call("auth.signIn")).toBe(true);
    expect(calls()).toMatchObject([{}, { status: 420, failed: true }, { status: 420 }, { status: 200, failed: false }]);
  });

  it("a watched handler knows the codes of the usual errors, and takes a status for others", async () => {
    const { call, order } = watched();
    const heard = async (fault: object) => {
      order(fault);
      return call("any.method");
    };
    expect(await heard({ body: "PHONE_MIGRATE_4" })).toMatchObject({ code: 303, message: "PHONE_MIGRATE_4" });
    expect(await heard({ body: "AUTH_KEY_UNREGISTERED" })).toMatchObject({ code: 401 });
    expect(await heard({ body: "PHONE_NUMBER_FLOOD" })).toMatchObject({ code: 400 });
    expect(await heard({ status: 406, body: "AUTH_KEY_DUPLICATED" })).toMatchObject({ code: 406 });
    expect(await heard({ status: 500 })).toMatchObject({ code: 500, message: "INTERNAL_SERVER_ERROR" });
  });

  it("a watched handler lets an answer or an error wait", async () => {
    const { call, order } = watched();
    order({ delayMs: 40 });
    order({ delayMs: 40, body: "AUTH_RESTART", status: 500 });
    const started = Date.now();
    expect(await call("a.b")).toBe(true);
    expect(await refusal(call("a.b"))).toBe("500 AUTH_RESTART");
    expect(Date.now() - started).toBeGreaterThanOrEqual(75);
  });

  it("a watched handler has the connection cut before the work, or after it", async () => {
    const { call, order, eyes, calls } = watched();
    order({ drop: true });
    order({ drop: "after" });
    expect(await call("a.b")).toEqual({ kind: "drop", method: "a.b", when: "before" });
    expect(await call("a.b")).toEqual({ kind: "drop", method: "a.b", when: "after" });
    expect(await eyes.handler.answer({ _: "a.b" }, caller)).toBe(true);
    expect(calls()).toMatchObject([
      { status: 0, failed: true },
      { status: 0, failed: true },
    ]);
  });
});
