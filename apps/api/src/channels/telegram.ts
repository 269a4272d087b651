import type { Caller, AttemptView } from "@patchbay/core/connect";
import { ConnectError } from "@patchbay/core/errors";
import type { Response, Router } from "express";
import { z } from "zod";
import type { Services } from "../services.ts";
import { failureBody } from "../http/failures.ts";
import { secret, defaultWireFormat, type WireFormat } from "./wire-format.ts";

const id = "telegram";
const attempt = z.string().regex(/^[\w-]{43}$/);
const phone = z.object({ phoneNumber: z.string().min(1).max(64) });
const code = z.object({ sessionId: attempt, code: z.string().min(1).max(64) });
const password = z.object({ sessionId: attempt, password: secret });
const check = z.object({ sessionId: attempt });

/** Telegram's paths: a walk of several steps, by phone number or by a code to scan. `sessionId` names the attempt. */
export const telegram: WireFormat = {
  ...defaultWireFormat,
  buildResponse: ({ id: accountId, label, details }) => ({
    accountId,
    name: label,
    username: details["username"] ?? null,
  }),
  routes(router, calls) {
    router.post("/telegram/connect/phone", async (request, response) => {
      const { phoneNumber } = phone.parse(request.body ?? {});
      const caller = calls.sessions.requireWithBrowser(request, response);
      response.json(tellQuestion(await calls.connect.begin(caller, { provider: id, values: { phone: phoneNumber } })));
    });
    router.post("/telegram/connect/qr", async (request, response) => {
      const caller = calls.sessions.requireWithBrowser(request, response);
      response.json(tellCode(await calls.connect.begin(caller, { provider: id, values: {} })));
    });
    answering(router, calls);
    router.get("/telegram/connect/qr/check", async (request, response) => {
      const query = Object.fromEntries(new URL(request.originalUrl, "http://localhost").searchParams);
      const caller = calls.sessions.require(request);
      response.json(await pollScan(calls, caller, check.parse(query).sessionId));
    });
  },
};

function answering(router: Router, calls: Services): void {
  router.post("/telegram/connect/verify-code", async (request, response) => {
    const body = code.parse(request.body ?? {});
    const caller = calls.sessions.require(request);
    tellAnswer(response, await calls.connect.resume(caller, { attempt: body.sessionId, values: { code: body.code } }));
  });
  router.post("/telegram/connect/verify-2fa", async (request, response) => {
    const body = password.parse(request.body ?? {});
    const caller = calls.sessions.require(request);
    const answers = { password: body.password };
    tellAnswer(response, await calls.connect.resume(caller, { attempt: body.sessionId, values: answers }));
  });
}

type Begun = Awaited<ReturnType<Services["connect"]["begin"]>>;

function tellQuestion(begun: Begun) {
  if (begun.type !== "ask") throw new ConnectError("provider_misbehaved", `a phone number led to "${begun.type}"`);
  const { attempt: sessionId, question, expiresAt } = begun;
  return { sessionId, codeLength: question.length ?? null, delivery: question.hint ?? question.label, expiresAt };
}

function tellCode(begun: Begun) {
  if (begun.type !== "scan") throw new ConnectError("provider_misbehaved", `a code to scan led to "${begun.type}"`);
  return { sessionId: begun.attempt, qrUrl: begun.code, expiresAt: begun.until };
}

/** What came of an answer. A wrong one is a failure of its own here, with how many are left. */
function tellAnswer(response: Response, view: AttemptView): void {
  if (view.type === "connected") {
    response.json({ success: true, ...telegram.buildResponse(view.connection) });
    return;
  }
  if (view.type === "scan") throw new ConnectError("attempt_unknown", "this attempt is one to scan");
  const { rejected, attemptsLeft, question } = view;
  if (rejected !== undefined) {
    const failure = new ConnectError(rejected, "a wrong answer");
    response.status(failure.status).json({ ...failureBody(failure), attemptsLeft });
    return;
  }
  const passwordNeeded = question.name === "password";
  response.json({
    success: false,
    passwordNeeded,
    ...(passwordNeeded && question.hint !== undefined && { hint: question.hint }),
  });
}

/** Where a code to scan stands. A fresh one whenever the old one ran out; one that is over is not told from a strange one. */
async function pollScan(calls: Services, caller: Caller, sessionId: string) {
  const view = await calls.connect.resume(caller, { attempt: sessionId, values: {} }).catch((failure: unknown) => {
    if (failure instanceof ConnectError && failure.code === "attempt_unknown") return undefined;
    throw failure;
  });
  if (view === undefined) return { success: false, status: "expired" };
  if (view.type === "connected")
    return { success: true, status: "connected", ...telegram.buildResponse(view.connection) };
  if (view.type === "scan") return { success: false, status: "pending", qrUrl: view.code, expiresAt: view.until };
  const { hint } = view.question;
  return { success: false, status: "passwordNeeded", passwordNeeded: true, ...(hint !== undefined && { hint }) };
}
