import { ConnectError } from "../errors.ts";
import type { Answers } from "../provider.ts";
import { fingerprint, newSecret, type Seals } from "../vault/index.ts";
import type { Attempts, Caller } from "./attempts.ts";
import { providerOf, type Registry } from "./registry.ts";

export interface Opening {
  provider: string;
  answers: Answers;
  /** The id of the caller's connection that is to be renewed in place. */
  reconnects?: number | undefined;
}

/**
 * Begins an attempt and gives the address to send the browser to. The address carries a state of 256 random bits and
 * nothing about the user; everything else stays here, sealed.
 */
export async function begin(
  { registry, attempts, seals }: { registry: Registry; attempts: Attempts; seals: Seals },
  caller: Caller & { browser: Buffer },
  { provider: id, answers, reconnects }: Opening,
): Promise<{ type: "redirect"; to: URL }> {
  const provider = providerOf(registry, id);
  const { redirectUri } = provider;
  const state = newSecret();
  const step = await provider.begin({ redirectUri, state }, answers);
  if (step.type !== "redirect") throw new ConnectError("invalid_request", `${id} is not connected by redirect`);
  const row = { id: fingerprint(state), provider: id };
  const notes = seals.sealNotes(step.notes, row);
  await attempts.open(caller, { ...row, redirectUri, browser: caller.browser, notes, reconnects });
  return { type: "redirect", to: step.to };
}
