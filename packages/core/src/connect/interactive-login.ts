import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError, type FailureCode } from "../errors.ts";
import type { FlowContext, FormValues, Provider, Step } from "../provider.ts";
import { scanWaitSeconds } from "../leases.ts";
import { getProvider } from "../registry.ts";
import { fingerprint, type Seals } from "../vault/index.ts";
import type {
  Caller,
  LeasedLogin,
  LoginLease,
  OverdueLogin,
  PendingAttempt,
  StepIntent,
  StepState,
} from "./attempt-store.ts";
import type { ConnectDeps } from "./connect-deps.ts";
import { orphanHeldLogin, storeFinishedLogin } from "./held-login.ts";
import { type AttemptView, buildStepView, parseStepView, type StepView, type WaitingStep } from "./step-view.ts";
import { storeGrant } from "./store-grant.ts";

/** What a user submits for a step: the secret id of the attempt, and the form values. Without values, it asks for the current step. */
export interface StepSubmission {
  attempt: string;
  values: FormValues;
}

type FirstStep = { provider: Provider; state: string; values: FormValues };

/** Takes the first step of a login that was stored with its lease. */
export async function takeFirstStep(
  deps: ConnectDeps,
  login: LeasedLogin,
  { provider, state, values }: FirstStep,
): Promise<AttemptView> {
  try {
    const step = await provider.begin({ redirectUri: login.redirectUri, state }, values);
    return await finishStep(deps, login, { provider, step, attempt: state });
  } catch (failure) {
    await deps.attempts.fail(login.id, failureCode(failure));
    throw failure;
  }
}

/**
 * Takes the next step with the user's values. One caller at a time goes to the provider; the others get the current
 * step.
 */
export async function resumeLogin(
  deps: ConnectDeps,
  caller: Caller,
  { attempt, values }: StepSubmission,
): Promise<AttemptView> {
  const [question, ...others] = Object.keys(values);
  // Wrong answers are counted by question: a second one would go uncounted.
  if (others.length > 0) throw new ConnectError("invalid_request", "more than one answer", { field: "values" });
  const intent: StepIntent = question === undefined ? { type: "look" } : { type: "answer", question };
  const lease = await deps.attempts.acquire(caller, fingerprint(attempt), intent);
  if (lease.type !== "acquired") return viewLogin(deps, lease, attempt);
  if (intent.type === "answer") return await takeNextStep(deps, lease.attempt, { attempt, values });
  return await awaitScan(deps, lease, attempt);
}

/** How long a caller that asks for the current step waits for the provider. */
const lookWaitMs = 1_500;

/**
 * Asks the provider whether a code was scanned, on one connection for some seconds. The caller gets an answer before that:
 * the step as it was. The next request finds what the provider said.
 */
async function awaitScan(
  deps: ConnectDeps,
  { attempt: login, step }: Extract<LoginLease, { type: "acquired" }>,
  attempt: string,
): Promise<AttemptView> {
  const currentView = viewLogin(deps, { ...login, type: "waiting", step }, attempt);
  const wait = { ms: scanWaitSeconds * 1000, ...(deps.stopping && { signal: deps.stopping }) };
  const nextView = takeNextStep(deps, login, { attempt, values: {}, wait });
  deps.trackInBackground?.(nextView);
  if (isCodeExpired(currentView)) return await nextView;
  const timeout = new AbortController();
  const unchanged = sleep(lookWaitMs, currentView, { signal: timeout.signal });
  // Nobody waits for the promise that settles last. The stored attempt tells the outcome, a failure too.
  for (const promise of [nextView, unchanged]) promise.catch(() => undefined);
  try {
    return await Promise.race([nextView, unchanged]);
  } finally {
    timeout.abort();
  }
}

/** Whether the view shows a code that can no longer be scanned. */
function isCodeExpired(view: AttemptView): boolean {
  return view.type === "scan" && Date.parse(view.until) <= Date.now();
}

function viewLogin(
  { seals }: ConnectDeps,
  lease: Exclude<LoginLease, { type: "acquired" }>,
  attempt: string,
): AttemptView {
  if (lease.type === "connected") return lease;
  if (lease.type === "failed") {
    throw new ConnectError(lease.failure, "this attempt failed before", lease.account && { account: lease.account });
  }
  const view = parseStepView(seals.openStep(lease.step, { id: fingerprint(attempt), provider: lease.provider }));
  return { ...view, attempt, expiresAt: lease.expiresAt.toISOString() };
}

async function takeNextStep(
  deps: ConnectDeps,
  login: LeasedLogin,
  { attempt, values, wait }: StepSubmission & Pick<FlowContext, "wait">,
): Promise<AttemptView> {
  const provider = getProvider(deps.registry, login.provider);
  try {
    const state = deps.seals.openState(login.providerState, login);
    if ("again" in values) await deps.attempts.countCode(login);
    const step = await provider.resume({ redirectUri: login.redirectUri, ...(wait && { wait }) }, state, values);
    return await finishStep(deps, login, { provider, step, attempt });
  } catch (failure) {
    // Neither call changes an attempt that is over.
    if (failure instanceof ConnectError && canRetryStep(failure)) await deps.attempts.release(login);
    else await endLogin(deps, login, failureCode(failure));
    throw failure;
  }
}

/** True for errors after which the user can retry the same step. */
function canRetryStep({ retryable, code }: ConnectError): boolean {
  return retryable || code === "invalid_request" || code === "code_expired";
}

function failureCode(failure: unknown): FailureCode {
  return failure instanceof ConnectError ? failure.code : "outcome_unknown";
}

/** Stores what a step led to: a connection, or what the user is asked or shown next. */
async function finishStep(
  deps: ConnectDeps,
  login: LeasedLogin,
  { provider, step, attempt }: { provider: Provider; step: Step; attempt: string },
): Promise<AttemptView> {
  if (step.type === "connected" && login.completedIn !== null) {
    const finished = { provider, grant: step.grant, completedIn: login.completedIn };
    return { ...(await storeFinishedLogin(deps, login, finished)), attempt, expiresAt: login.expiresAt.toISOString() };
  }
  if (step.type !== "ask" && step.type !== "scan") {
    const connection = await storeGrant(deps, { attemptId: login.id, provider, step });
    return { type: "connected", connection };
  }
  const view = buildStepView(step, await countWrongAnswer(deps, login, step));
  await deps.attempts.saveStep(login, sealStepState(deps.seals, login, { step, view }));
  return { ...view, attempt, expiresAt: login.expiresAt.toISOString() };
}

/** Counts a wrong answer and gives how many are left. The last one ends the login: the user has to wait, in any attempt. */
async function countWrongAnswer(deps: ConnectDeps, login: LeasedLogin, step: WaitingStep): Promise<number | undefined> {
  if (step.type !== "ask" || step.rejected === undefined) return undefined;
  const { name } = step.question;
  const { left, retryAfter } = await deps.attempts.countFailedVerification(login, name);
  if (left > 0) return left;
  await endLogin(deps, login, "too_many_requests");
  throw new ConnectError("too_many_requests", `too many wrong answers to ${name}`, { retryAfter, field: name });
}

/** Ends a login, here and at the provider. */
async function endLogin(deps: ConnectDeps, login: LeasedLogin, code: FailureCode): Promise<void> {
  await abandonLogin(deps, login);
  await deps.attempts.fail(login.id, code);
}

type AbandonDeps = Pick<ConnectDeps, "registry" | "seals">;
type OverdueDeps = AbandonDeps & Pick<ConnectDeps, "attempts">;

/**
 * Tells the provider to drop a half-finished login. That is a courtesy: the login ends by itself too. So neither a provider
 * that does not answer nor a provider state that does not open is a failure here.
 */
async function abandonLogin({ registry, seals }: AbandonDeps, login: PendingAttempt): Promise<void> {
  const provider = registry.get(login.provider)?.provider;
  try {
    await provider?.abandon?.({ redirectUri: login.redirectUri }, seals.openState(login.providerState, login));
  } catch {}
}

/**
 * Ends an expired login. A finished one holds a grant: it is given to the job that revokes it, or stays where that fails.
 * Gives whether the attempt can be deleted.
 */
async function endOverdueLogin(deps: OverdueDeps, login: OverdueLogin): Promise<boolean> {
  const { response } = login;
  if (response === null) {
    await abandonLogin(deps, login);
    return true;
  }
  const orphaning = orphanHeldLogin(deps, { ...login, response }, "code_expired");
  return await orphaning.then(
    () => true,
    () => false,
  );
}

/** The bounds of one run; the next run does what is left. */
const maxRounds = 20;
const maxRunMs = 120_000;

/** Abandons and deletes expired logins, within the bounds of one run. Gives how many. */
export async function abandonOverdueLogins(deps: OverdueDeps): Promise<number> {
  let ended = 0;
  const stopAt = performance.now() + maxRunMs;
  for (let round = 0; round < maxRounds; round += 1) {
    const overdue = await deps.attempts.listOverdue();
    const endedBefore = ended;
    for (const login of overdue) {
      if (performance.now() > stopAt) return ended;
      if (!(await endOverdueLogin(deps, login))) continue;
      await deps.attempts.delete(login.id);
      ended += 1;
    }
    if (ended === endedBefore) break;
  }
  return ended;
}

function sealStepState(
  seals: Seals,
  row: Pick<PendingAttempt, "id" | "provider">,
  { step, view }: { step: WaitingStep; view: StepView },
): StepState {
  return {
    providerState: seals.sealState(step.providerState, row),
    step: seals.sealStep(JSON.stringify(view), row),
    awaitingScan: step.type === "scan",
    rateLimitSubject: step.type === "ask" ? fingerprint(`${row.provider}|${step.subject}`) : undefined,
  };
}
