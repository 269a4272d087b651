import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError, type FailureCode } from "../errors.ts";
import type { FormValues, Provider, Step, FlowContext } from "../provider.ts";
import { fingerprint, type Seals } from "../vault/index.ts";
import type { AttemptStore, Caller } from "./attempt-store.ts";
import { getProvider, type Registry } from "../registry.ts";
import { storeGrant } from "./store-grant.ts";
import { parseStepView, buildStepView, type StepView, type AttemptView, type WaitingStep } from "./step-view.ts";
import type { LeasedLogin, LoginLease, StepState, LoginStore, StepIntent } from "./login-store.ts";

export type ConnectDeps = {
  registry: Registry;
  attempts: AttemptStore;
  logins: LoginStore;
  seals: Seals;
  /** Aborted once this process stops: it then waits for nothing at a provider any more. */
  stopping?: AbortSignal;
  /** Is given what goes on when its caller has gone, so that a stop waits for it. */
  trackInBackground?: (work: Promise<unknown>) => void;
};

/** The user's part of a step: which walk, by its secret name, and the answers. None: to look where it stands. */
export interface StepSubmission {
  attempt: string;
  values: FormValues;
}

type AcquiredLogin = Extract<LoginLease, { type: "acquired" }>;

type LoginRequest = { state: string; provider: Provider; answers: FormValues; reconnects: number | undefined };

/** Begins a walk: the attempt first, held by this call, and then its first step at the provider. */
export async function beginLogin(
  parts: ConnectDeps,
  caller: Caller & { browser: Buffer },
  { state, provider, answers, reconnects }: LoginRequest,
): Promise<AttemptView> {
  const { redirectUri, id } = provider;
  const row = { id: fingerprint(state), provider: id };
  const notes = parts.seals.sealState({}, row);
  const recipient = await provider.codeRecipient?.(answers);
  const reaches = recipient === undefined ? undefined : fingerprint(`${id}|${recipient}`);
  const opening = {
    ...row,
    redirectUri,
    browser: caller.browser,
    notes,
    reconnectConnectionId: reconnects,
    codeRecipient: reaches,
  };
  const walk = await parts.logins.create(caller, opening);
  try {
    const step = await provider.begin({ redirectUri, state }, answers);
    if (step.type !== "ask" && step.type !== "scan") return await completeLogin(parts, { walk, provider, step });
    const shown = buildStepView(step);
    await parts.logins.saveStep(walk, sealStepState(parts.seals, row, { step, shown }));
    return { ...shown, attempt: state, expiresAt: walk.expiresAt.toISOString() };
  } catch (failure) {
    await parts.attempts.fail(walk.id, failure instanceof ConnectError ? failure.code : "outcome_unknown");
    throw failure;
  }
}

/**
 * Takes the next step with the user's answers. One caller at a time goes to the provider; who comes meanwhile is told
 * where the walk stands.
 */
export async function resumeLogin(
  parts: ConnectDeps,
  caller: Caller,
  { attempt, values }: StepSubmission,
): Promise<AttemptView> {
  const [question, ...others] = Object.keys(values);
  // Wrong answers are counted by question: a second one would go uncounted.
  if (others.length > 0) throw new ConnectError("invalid_request", "more than one answer", { field: "values" });
  const wish: StepIntent = question === undefined ? { type: "look" } : { type: "answer", question };
  const hold = await parts.logins.acquire(caller, fingerprint(attempt), wish);
  if (hold.type !== "acquired") return viewLogin(parts, hold, attempt);
  if (wish.type === "answer") return await advanceLogin(parts, hold.walk, { attempt, values });
  return await awaitScan(parts, hold, attempt);
}

/** How long a look waits at the provider for a scan. With two calls of 15 s beside it, it is less than a lease lasts (40 s). */
const scanWaitMs = 9_000;
/** How long whoever looks waits for news. */
const newsWaitMs = 1_500;

/**
 * Looks at the provider whether a code was scanned, on one connection for some seconds. The caller is not kept that long:
 * after a moment they are told where the walk stands, and the next look finds what came of this one.
 */
async function awaitScan(
  parts: ConnectDeps,
  { walk, step: stored }: AcquiredLogin,
  attempt: string,
): Promise<AttemptView> {
  const known = viewLogin(parts, { ...walk, type: "waiting", step: stored }, attempt);
  const wait = { ms: scanWaitMs, ...(parts.stopping && { signal: parts.stopping }) };
  const news = advanceLogin(parts, walk, { attempt, values: {}, wait });
  parts.trackInBackground?.(news);
  if (isCodeExpired(known)) return await news;
  const quiet = new AbortController();
  const nothing = sleep(newsWaitMs, known, { signal: quiet.signal });
  // Whatever either comes to later is nobody's any more: the walk's row has it, a failure too.
  for (const late of [news, nothing]) late.catch(() => undefined);
  try {
    return await Promise.race([news, nothing]);
  } finally {
    quiet.abort();
  }
}

/** Whether a code is shown that nobody can scan any more. */
function isCodeExpired(view: AttemptView): boolean {
  return view.type === "scan" && Date.parse(view.until) <= Date.now();
}

function viewLogin(
  { seals }: ConnectDeps,
  hold: Exclude<LoginLease, { type: "acquired" }>,
  attempt: string,
): AttemptView {
  if (hold.type === "connected") return { type: "connected", connection: hold.connection };
  if (hold.type === "failed") {
    throw new ConnectError(hold.failure, "this attempt failed before", hold.account && { account: hold.account });
  }
  const shown = parseStepView(seals.openStep(hold.step, { id: fingerprint(attempt), provider: hold.provider }));
  return { ...shown, attempt, expiresAt: hold.expiresAt.toISOString() };
}

async function advanceLogin(
  parts: ConnectDeps,
  walk: LeasedLogin,
  { attempt, values, wait }: StepSubmission & Pick<FlowContext, "wait">,
): Promise<AttemptView> {
  const provider = getProvider(parts.registry, walk.provider);
  try {
    const notes = parts.seals.openState(walk.notes, walk);
    if ("again" in values) await parts.logins.countCode(walk);
    const next = await provider.resume({ redirectUri: walk.redirectUri, ...(wait && { wait }) }, notes, values);
    if (next.type !== "ask" && next.type !== "scan") return await completeLogin(parts, { walk, provider, step: next });
    const shown =
      next.type === "ask" && next.rejected ? await countWrongAnswer(parts, walk, next) : buildStepView(next);
    await parts.logins.saveStep(walk, sealStepState(parts.seals, walk, { step: next, shown }));
    return { ...shown, attempt, expiresAt: walk.expiresAt.toISOString() };
  } catch (failure) {
    // Of a walk that is over already, neither changes anything.
    if (failure instanceof ConnectError && canRetryStep(failure)) await parts.logins.release(walk);
    else await endLogin(parts, walk, failure instanceof ConnectError ? failure.code : "outcome_unknown");
    throw failure;
  }
}

/** What passes by itself, was no answer to what is asked, or can be mended by a new code leaves the walk where it was. */
function canRetryStep({ retryable, code }: ConnectError): boolean {
  return retryable || code === "invalid_request" || code === "code_expired";
}

async function completeLogin(
  parts: ConnectDeps,
  { walk, provider, step }: { walk: LeasedLogin; provider: Provider; step: Step },
): Promise<AttemptView> {
  const connection = await storeGrant(parts, { attempt: { ...walk, returned: walk.notes }, provider, step });
  return { type: "connected", connection };
}

/** Counts a wrong answer. The last one ends the walk: trying again has to wait, whatever attempt it comes from. */
async function countWrongAnswer(
  parts: ConnectDeps,
  walk: LeasedLogin,
  asking: Extract<WaitingStep, { type: "ask" }>,
): Promise<StepView> {
  const { name } = asking.question;
  const { left, retryAfter } = await parts.logins.countWrongAnswer(walk, name);
  if (left > 0) return buildStepView(asking, left);
  await endLogin(parts, walk, "too_many_requests");
  throw new ConnectError("too_many_requests", `too many wrong answers to ${name}`, { retryAfter, field: name });
}

/** Ends a walk, here and at the provider. */
async function endLogin(
  { registry, attempts, seals }: ConnectDeps,
  walk: LeasedLogin,
  code: FailureCode,
): Promise<void> {
  await abandonAtProvider({ registry, seals }, walk);
  await attempts.fail(walk.id, code);
}

type AbandonedLogin = Pick<LeasedLogin, "id" | "provider" | "redirectUri" | "notes">;

/**
 * A half-finished login holds something at the provider. Whether that is told is a courtesy: it ends by itself too. So
 * neither the provider's silence nor notes that do not open stop whoever goes on from here.
 */
async function abandonAtProvider(
  { registry, seals }: Pick<ConnectDeps, "registry" | "seals">,
  walk: AbandonedLogin,
): Promise<void> {
  const provider = registry.get(walk.provider)?.provider;
  try {
    await provider?.abandon?.({ redirectUri: walk.redirectUri }, seals.openState(walk.notes, walk));
  } catch {}
}

/** A run ends some time; what is left then is for the next. */
const maxRounds = 20;
const maxRunMs = 120_000;

/** Ends walks whose time is over, for a while: whoever calls comes again. Gives how many. */
export async function abandonOverdueLogins(parts: Pick<ConnectDeps, "registry" | "seals" | "logins">): Promise<number> {
  let ended = 0;
  const stopAt = performance.now() + maxRunMs;
  for (let round = 0; round < maxRounds; round += 1) {
    const overdue = await parts.logins.listOverdue();
    if (overdue.length === 0) break;
    for (const walk of overdue) {
      if (performance.now() > stopAt) return ended;
      await abandonAtProvider(parts, walk);
      await parts.logins.delete(walk.id);
      ended += 1;
    }
  }
  return ended;
}

type AttemptKey = { id: Buffer; provider: string };

function sealStepState(
  seals: Seals,
  row: AttemptKey,
  { step, shown }: { step: WaitingStep; shown: StepView },
): StepState {
  return {
    notes: seals.sealState(step.notes, row),
    step: seals.sealStep(JSON.stringify(shown), row),
    awaitingScan: step.type === "scan",
    rateLimitSubject: step.type === "ask" ? fingerprint(`${row.provider}|${step.subject}`) : undefined,
  };
}
