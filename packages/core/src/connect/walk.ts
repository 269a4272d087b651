import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError, type FailureCode } from "../errors.ts";
import type { Answers, Provider, Step, Walk } from "../provider.ts";
import { fingerprint, type Seals } from "../vault/index.ts";
import type { Attempts, Caller } from "./attempts.ts";
import { providerOf, type Registry } from "./registry.ts";
import { settle } from "./settle.ts";
import { readShown, show, type Shown, type View, type Waiting } from "./shown.ts";
import type { HeldWalk, Hold, Stand, Walks, Wish } from "./walks.ts";

export type WalkParts = {
  registry: Registry;
  attempts: Attempts;
  walks: Walks;
  seals: Seals;
  /** Aborted once this process stops: it then waits for nothing at a provider any more. */
  stopping?: AbortSignal;
  /** Is given what goes on when its caller has gone, so that a stop waits for it. */
  outlives?: (work: Promise<unknown>) => void;
};

/** The user's part of a step: which walk, by its secret name, and the answers. None: to look where it stands. */
export interface Resumption {
  attempt: string;
  answers: Answers;
}

type HeldLook = Extract<Hold, { type: "held" }>;

type Opened = { state: string; provider: Provider; answers: Answers; reconnects: number | undefined };

/** Begins a walk: the attempt first, held by this call, and then its first step at the provider. */
export async function openWalk(
  parts: WalkParts,
  caller: Caller & { browser: Buffer },
  { state, provider, answers, reconnects }: Opened,
): Promise<View> {
  const { redirectUri, id } = provider;
  const row = { id: fingerprint(state), provider: id };
  const notes = parts.seals.sealNotes({}, row);
  const recipient = await provider.reaches?.(answers);
  const reaches = recipient === undefined ? undefined : fingerprint(`${id}|${recipient}`);
  const opening = { ...row, redirectUri, browser: caller.browser, notes, reconnects, reaches };
  const walk = await parts.walks.open(caller, opening);
  try {
    const step = await provider.begin({ redirectUri, state }, answers);
    if (step.type !== "ask" && step.type !== "scan") return await arrive(parts, { walk, provider, step });
    const shown = show(step);
    await parts.walks.keep(walk, standOf(parts.seals, row, { step, shown }));
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
export async function resumeWalk(parts: WalkParts, caller: Caller, { attempt, answers }: Resumption): Promise<View> {
  const [question, ...others] = Object.keys(answers);
  // Wrong answers are counted by question: a second one would go uncounted.
  if (others.length > 0) throw new ConnectError("invalid_request", "more than one answer", { field: "answers" });
  const wish: Wish = question === undefined ? { type: "look" } : { type: "answer", question };
  const hold = await parts.walks.hold(caller, fingerprint(attempt), wish);
  if (hold.type !== "held") return tell(parts, hold, attempt);
  if (wish.type === "answer") return await step(parts, hold.walk, { attempt, answers });
  return await look(parts, hold, attempt);
}

/** How long a look waits at the provider for a scan. With two calls of 15 s beside it, it is less than a lease lasts (40 s). */
const scanWaitMs = 9_000;
/** How long whoever looks waits for news. */
const newsWaitMs = 1_500;

/**
 * Looks at the provider whether a code was scanned, on one connection for some seconds. The caller is not kept that long:
 * after a moment they are told where the walk stands, and the next look finds what came of this one.
 */
async function look(parts: WalkParts, { walk, step: stored }: HeldLook, attempt: string): Promise<View> {
  const known = tell(parts, { ...walk, type: "stands", step: stored }, attempt);
  const wait = { ms: scanWaitMs, ...(parts.stopping && { signal: parts.stopping }) };
  const news = step(parts, walk, { attempt, answers: {}, wait });
  parts.outlives?.(news);
  if (hasRunOut(known)) return await news;
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
function hasRunOut(view: View): boolean {
  return view.type === "scan" && Date.parse(view.until) <= Date.now();
}

function tell({ seals }: WalkParts, hold: Exclude<Hold, { type: "held" }>, attempt: string): View {
  if (hold.type === "connected") return { type: "connected", connection: hold.connection };
  if (hold.type === "failed") {
    throw new ConnectError(hold.failure, "this attempt failed before", hold.account && { account: hold.account });
  }
  const shown = readShown(seals.openStep(hold.step, { id: fingerprint(attempt), provider: hold.provider }));
  return { ...shown, attempt, expiresAt: hold.expiresAt.toISOString() };
}

async function step(
  parts: WalkParts,
  walk: HeldWalk,
  { attempt, answers, wait }: Resumption & Pick<Walk, "wait">,
): Promise<View> {
  const provider = providerOf(parts.registry, walk.provider);
  try {
    const notes = parts.seals.openNotes(walk.notes, walk);
    if ("again" in answers) await parts.walks.countCode(walk);
    const next = await provider.resume({ redirectUri: walk.redirectUri, ...(wait && { wait }) }, notes, answers);
    if (next.type !== "ask" && next.type !== "scan") return await arrive(parts, { walk, provider, step: next });
    const shown = next.type === "ask" && next.rejected ? await countWrong(parts, walk, next) : show(next);
    await parts.walks.keep(walk, standOf(parts.seals, walk, { step: next, shown }));
    return { ...shown, attempt, expiresAt: walk.expiresAt.toISOString() };
  } catch (failure) {
    // Of a walk that is over already, neither changes anything.
    if (failure instanceof ConnectError && leavesWalk(failure)) await parts.walks.release(walk);
    else await giveUp(parts, walk, failure instanceof ConnectError ? failure.code : "outcome_unknown");
    throw failure;
  }
}

/** What passes by itself, was no answer to what is asked, or can be mended by a new code leaves the walk where it was. */
function leavesWalk({ retryable, code }: ConnectError): boolean {
  return retryable || code === "invalid_request" || code === "code_expired";
}

async function arrive(
  parts: WalkParts,
  { walk, provider, step }: { walk: HeldWalk; provider: Provider; step: Step },
): Promise<View> {
  const connection = await settle(parts, { attempt: { ...walk, returned: walk.notes }, provider, step });
  return { type: "connected", connection };
}

/** Counts a wrong answer. The last one ends the walk: trying again has to wait, whatever attempt it comes from. */
async function countWrong(parts: WalkParts, walk: HeldWalk, asking: Extract<Waiting, { type: "ask" }>): Promise<Shown> {
  const { name } = asking.question;
  const { left, retryAfter } = await parts.walks.countWrong(walk, name);
  if (left > 0) return show(asking, left);
  await giveUp(parts, walk, "too_many_requests");
  throw new ConnectError("too_many_requests", `too many wrong answers to ${name}`, { retryAfter, field: name });
}

/** Ends a walk, here and at the provider. */
async function giveUp({ registry, attempts, seals }: WalkParts, walk: HeldWalk, code: FailureCode): Promise<void> {
  await abandon({ registry, seals }, walk);
  await attempts.fail(walk.id, code);
}

type Leaving = Pick<HeldWalk, "id" | "provider" | "redirectUri" | "notes">;

/**
 * A half-finished login holds something at the provider. Whether that is told is a courtesy: it ends by itself too. So
 * neither the provider's silence nor notes that do not open stop whoever goes on from here.
 */
async function abandon({ registry, seals }: Pick<WalkParts, "registry" | "seals">, walk: Leaving): Promise<void> {
  const provider = registry.get(walk.provider)?.provider;
  try {
    await provider?.abandon?.({ redirectUri: walk.redirectUri }, seals.openNotes(walk.notes, walk));
  } catch {}
}

/** A run ends some time; what is left then is for the next. */
const mostRounds = 20;
const enoughMs = 120_000;

/** Ends walks whose time is over, for a while: whoever calls comes again. Gives how many. */
export async function abandonOverdue(parts: Pick<WalkParts, "registry" | "seals" | "walks">): Promise<number> {
  let ended = 0;
  const stopAt = performance.now() + enoughMs;
  for (let round = 0; round < mostRounds; round += 1) {
    const overdue = await parts.walks.overdue();
    if (overdue.length === 0) break;
    for (const walk of overdue) {
      if (performance.now() > stopAt) return ended;
      await abandon(parts, walk);
      await parts.walks.forget(walk.id);
      ended += 1;
    }
  }
  return ended;
}

type Row = { id: Buffer; provider: string };

function standOf(seals: Seals, row: Row, { step, shown }: { step: Waiting; shown: Shown }): Stand {
  return {
    notes: seals.sealNotes(step.notes, row),
    step: seals.sealStep(JSON.stringify(shown), row),
    scans: step.type === "scan",
    subject: step.type === "ask" ? fingerprint(`${row.provider}|${step.subject}`) : undefined,
  };
}
