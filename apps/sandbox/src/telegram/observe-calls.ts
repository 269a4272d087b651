import { setTimeout as wait } from "node:timers/promises";
import {
  createMtprotoFaults,
  getErrorCode,
  type MtprotoFault,
  type MtprotoFaults,
  RpcError,
  type RpcHandler,
} from "@patchbay/mtproto-server";
import { z } from "zod";
import type { Fault } from "../control/schemas/failures.ts";
import type { FaultStore } from "../http/faults.ts";
import type { RequestOutcome, RequestLog } from "../logs/request-log.ts";
import type { ProviderRequest } from "../http/messages.ts";

interface CallLogs {
  readonly faults: FaultStore;
  readonly requestLog: RequestLog;
}

/** The handler and the faults for an MTProto server that is observed. */
interface ObservedServer {
  readonly handler: RpcHandler;
  readonly faults: MtprotoFaults;
}

/** A logged call, and the failure that was ordered for it. */
interface ObservedCall {
  readonly record: RequestOutcome;
  readonly fault: Fault | undefined;
}

/**
 * Logs every call by its method's name, and makes calls fail as the control API ordered. The server asks `takeFor` before
 * each call, because only the server can close a connection; the handler does the rest right after it.
 */
export function observeCalls(handler: RpcHandler, books: CallLogs): ObservedServer {
  let handedOver: ObservedCall | undefined;
  return {
    handler: {
      ...handler,
      answer: async (method, caller) => {
        const begun = handedOver ?? startCall(method._, books);
        handedOver = undefined;
        return finishCall(begun, () => handler.answer(method, caller));
      },
    },
    faults: {
      ...createMtprotoFaults(),
      takeFor: (method) => {
        handedOver = startCall(method, books);
        return takeServerFault(method, handedOver);
      },
    },
  };
}

function startCall(method: string, { faults, requestLog }: CallLogs): ObservedCall {
  const call = describeMethod(method);
  const record = requestLog.record(call, { provider: "telegram", route: undefined });
  const fault = faults.takeFault(call);
  record.failed = fault !== undefined;
  record.status = 200;
  return { record, fault };
}

/** Describes a method for the log and the faults. Its arguments hold secrets and are left out. */
const describeMethod = (path: string): ProviderRequest => ({
  method: "RPC",
  host: "telegram",
  path,
  query: new URLSearchParams(),
  form: new URLSearchParams(),
  body: "",
  header: () => undefined,
});

/** Takes a failure that needs neither the handler nor a wait. */
function takeServerFault(
  method: string,
  { record, fault }: ObservedCall,
): (MtprotoFault & { method: string }) | undefined {
  if (fault?.drop !== undefined) {
    record.status = 0;
    return { kind: "drop", method, when: fault.drop === "after" ? "after" : "before" };
  }
  const transport = transportSchema.safeParse(fault?.body).data?.transport;
  if (transport !== undefined) {
    record.status = transport;
    return { kind: "transport", method, code: transport };
  }
  const refusal = fault?.delayMs === undefined ? parseOrderedError(fault) : undefined;
  if (refusal === undefined) return undefined;
  record.status = refusal.code;
  return { kind: "error", method, code: refusal.code, message: refusal.message };
}

async function finishCall({ record, fault }: ObservedCall, work: () => Promise<unknown>): Promise<unknown> {
  const settle = (status: number): void => {
    record.status = fault?.drop === undefined ? status : 0;
  };
  record.status = null;
  try {
    const refusal = parseOrderedError(fault);
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

/** Parses the rpc_error that was ordered: `body: { error, code }`, or the name alone. */
function parseOrderedError(fault: Fault | undefined): RpcError | undefined {
  if (fault === undefined || (fault.body === undefined && fault.status === undefined)) return undefined;
  const { success, data } = errorSchema.safeParse(fault.body);
  if (!success) return new RpcError(fault.status ?? 500, "INTERNAL_SERVER_ERROR");
  const { error, code } = typeof data === "string" ? { error: data, code: undefined } : data;
  return new RpcError(code ?? fault.status ?? getErrorCode(error), error);
}
