import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import type { Fault, Faults } from "../../faults.ts";
import type { CallRecord, Ledger } from "../../ledger.ts";
import type { Call } from "../../wire.ts";
import { createMtprotoFaults, type MtprotoFault, type MtprotoFaults } from "../mtproto/faults.ts";
import { RpcError, type RpcHandler } from "../rpc.ts";
import { codeOf } from "./refusals.ts";

interface Books {
  readonly faults: Faults;
  readonly ledger: Ledger;
}

/** What an MTProto server is given to be watched by. */
interface Watched {
  readonly handler: RpcHandler;
  readonly faults: MtprotoFaults;
}

/** A call that is written down, and what is to become of it. */
interface Begun {
  readonly record: CallRecord;
  readonly fault: Fault | undefined;
}

/**
 * Has every call written down, by name alone, and fail where the control door ordered it. The server asks `takeFor`
 * before each call, for only it can cut a connection; whatever is left to be done the handler hears of right after.
 */
export function watch(handler: RpcHandler, books: Books): Watched {
  let handedOver: Begun | undefined;
  return {
    handler: {
      ...handler,
      answer: async (method, caller) => {
        const begun = handedOver ?? begin(method._, books);
        handedOver = undefined;
        return carryOut(begun, () => handler.answer(method, caller));
      },
    },
    faults: {
      ...createMtprotoFaults(),
      takeFor: (method) => {
        handedOver = begin(method, books);
        return atOnce(method, handedOver);
      },
    },
  };
}

function begin(method: string, { faults, ledger }: Books): Begun {
  const call = callOf(method);
  const record = ledger.enter(call, { provider: "telegram", route: undefined });
  const fault = faults.take(call);
  record.failed = fault !== undefined;
  record.status = 200;
  return { record, fault };
}

/** A method as the ledger and the faults see it; what it was called with holds secrets and stays out. */
const callOf = (path: string): Call => ({
  method: "RPC",
  host: "telegram",
  path,
  query: new URLSearchParams(),
  form: new URLSearchParams(),
  body: "",
  header: () => undefined,
});

/** What needs no work of the handler, and no wait. */
function atOnce(method: string, { record, fault }: Begun): (MtprotoFault & { method: string }) | undefined {
  if (fault?.drop !== undefined) {
    record.status = 0;
    return { kind: "drop", method, when: fault.drop === "after" ? "after" : "before" };
  }
  const transport = transportSchema.safeParse(fault?.body).data?.transport;
  if (transport !== undefined) {
    record.status = transport;
    return { kind: "transport", method, code: transport };
  }
  const refusal = fault?.delayMs === undefined ? refusalOf(fault) : undefined;
  if (refusal === undefined) return undefined;
  record.status = refusal.code;
  return { kind: "error", method, code: refusal.code, message: refusal.message };
}

async function carryOut({ record, fault }: Begun, work: () => Promise<unknown>): Promise<unknown> {
  const settle = (status: number): void => {
    record.status = fault?.drop === undefined ? status : 0;
  };
  record.status = null;
  try {
    const refusal = refusalOf(fault);
    const answer = refusal ?? (await work());
    if (fault?.delayMs !== undefined) await wait(fault.delayMs, undefined, { ref: false });
    if (refusal !== undefined) throw refusal;
    settle(200);
    return answer;
  } catch (error) {
    settle(error instanceof RpcError ? error.code : 500);
    throw error;
  }
}

const transportSchema = z.object({ transport: z.int().min(400).max(599) });
const errorSchema = z.union([z.object({ error: z.string(), code: z.number().int().optional() }), z.string().min(1)]);

/** The rpc_error that was ordered: `body: { error, code }`, or the name alone. */
function refusalOf(fault: Fault | undefined): RpcError | undefined {
  if (fault === undefined || (fault.body === undefined && fault.status === undefined)) return undefined;
  const { success, data } = errorSchema.safeParse(fault.body);
  if (!success) return new RpcError(fault.status ?? 500, "INTERNAL_SERVER_ERROR");
  const { error, code } = typeof data === "string" ? { error: data, code: undefined } : data;
  return new RpcError(code ?? fault.status ?? codeOf(error), error);
}
