import type { Caller, AttemptView, Connection } from "@patchbay/core/connect";
import { ConnectError } from "@patchbay/core/errors";
import type { Response, Router } from "express";
import { z } from "zod";
import type { Services } from "../services.ts";
import { failureBody } from "../http/failures.ts";
import { getCaller, requireSession } from "../http/require-session.ts";
import { attemptId } from "../http/schemas.ts";

const id = "telegram";
const phone = z.object({ phoneNumber: z.string().min(1).max(64) });
const code = z.object({ sessionId: attemptId, code: z.string().min(1).max(64) });
const password = z.object({ sessionId: attemptId, password: z.string().min(1).max(4096) });
const check = z.object({ sessionId: attemptId });

/** Adds Telegram's paths: an interactive login by phone number or by a code to scan. `sessionId` names the attempt. */
export function addTelegramRoutes(router: Router, services: Pick<Services, "connect" | "sessions">): void {
  router.post("/telegram/connect/phone", async (request, response) => {
    const { phoneNumber } = phone.parse(request.body ?? {});
    const caller = services.sessions.requireWithBrowser(request, response);
    const firstStep = await services.connect.begin(caller, { provider: id, values: { phone: phoneNumber } });
    response.json(buildQuestion(firstStep));
  });
  router.post("/telegram/connect/qr", async (request, response) => {
    const caller = services.sessions.requireWithBrowser(request, response);
    response.json(buildScan(await services.connect.begin(caller, { provider: id, values: {} })));
  });
  const signedIn = requireSession(services.sessions);
  router.post("/telegram/connect/verify-code", signedIn, async (request, response) => {
    const { sessionId, ...values } = code.parse(request.body ?? {});
    sendStep(response, await services.connect.resume(getCaller(response), { attempt: sessionId, values }));
  });
  router.post("/telegram/connect/verify-2fa", signedIn, async (request, response) => {
    const { sessionId, ...values } = password.parse(request.body ?? {});
    sendStep(response, await services.connect.resume(getCaller(response), { attempt: sessionId, values }));
  });
  router.get("/telegram/connect/qr/check", signedIn, async (request, response) => {
    const query = Object.fromEntries(new URL(request.originalUrl, "http://localhost").searchParams);
    response.json(await checkScan(services, getCaller(response), check.parse(query).sessionId));
  });
}

/** A login that is finished in a connect session leads back to the product, whose back end completes it. */
const buildReturn = (view: { to: string }) => ({ success: true, returnUrl: view.to });

function buildAccount({ id: accountId, label, details }: Connection) {
  return { accountId, name: label, username: details["username"] ?? null };
}

type Begun = Awaited<ReturnType<Services["connect"]["begin"]>>;

/** A login that asks nothing is over at once: Telegram may let a known device in without a code. */
function buildQuestion(firstStep: Begun) {
  if (firstStep.type === "connected") return { success: true, ...buildAccount(firstStep.connection) };
  if (firstStep.type === "return") return buildReturn(firstStep);
  if (firstStep.type !== "ask") throw new Error(`a login by phone number began with "${firstStep.type}"`);
  const { attempt: sessionId, question, expiresAt } = firstStep;
  return { sessionId, codeLength: question.length ?? null, delivery: question.hint ?? question.label, expiresAt };
}

function buildScan(firstStep: Begun) {
  if (firstStep.type === "connected") return { success: true, ...buildAccount(firstStep.connection) };
  if (firstStep.type === "return") return buildReturn(firstStep);
  if (firstStep.type !== "scan") throw new Error(`a login by QR code began with "${firstStep.type}"`);
  return { sessionId: firstStep.attempt, qrUrl: firstStep.code, expiresAt: firstStep.until };
}

/** Sends the step that an answer led to. A wrong answer is a failure here, with the number of tries that are left. */
function sendStep(response: Response, view: AttemptView): void {
  if (view.type === "connected") {
    response.json({ success: true, ...buildAccount(view.connection) });
    return;
  }
  if (view.type === "return") {
    response.json(buildReturn(view));
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

/**
 * Tells the step of a code to scan, with a new code when the old one has expired. An attempt that is over looks like one that
 * never was.
 */
async function checkScan({ connect }: Pick<Services, "connect">, caller: Caller, sessionId: string) {
  const view = await connect.resume(caller, { attempt: sessionId, values: {} }).catch((failure: unknown) => {
    if (failure instanceof ConnectError && failure.code === "attempt_unknown") return undefined;
    throw failure;
  });
  if (view === undefined) return { success: false, status: "expired" };
  if (view.type === "connected") return { success: true, status: "connected", ...buildAccount(view.connection) };
  if (view.type === "return") return { ...buildReturn(view), status: "returned" };
  if (view.type === "scan") return { success: false, status: "pending", qrUrl: view.code, expiresAt: view.until };
  const { hint } = view.question;
  return { success: false, status: "passwordNeeded", passwordNeeded: true, ...(hint !== undefined && { hint }) };
}
