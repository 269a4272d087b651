import { ConnectError } from "../errors.ts";
import type { Answers } from "../provider.ts";
import { fingerprint, newSecret } from "../vault/index.ts";
import type { Caller } from "./attempts.ts";
import { providerOf } from "./registry.ts";
import type { View } from "./shown.ts";
import { openWalk, type WalkParts } from "./walk.ts";

export interface Opening {
  provider: string;
  answers: Answers;
  /** The id of the caller's connection that is to be renewed in place. */
  reconnects?: number | undefined;
}

/**
 * Begins an attempt: gives the address to send the browser to, or the first question or code of a walk. The address
 * carries a state of 256 random bits and nothing about the user; everything else stays here, sealed.
 */
export async function begin(
  parts: WalkParts,
  caller: Caller & { browser: Buffer },
  { provider: id, answers, reconnects }: Opening,
): Promise<{ type: "redirect"; to: URL } | View> {
  const provider = providerOf(parts.registry, id);
  const { redirectUri } = provider;
  const state = newSecret();
  // Nobody's phone rings before it is known who asks, and how often.
  if (!provider.ways.includes("redirect"))
    return await openWalk(parts, caller, { state, provider, answers, reconnects });
  const step = await provider.begin({ redirectUri, state }, answers);
  if (step.type !== "redirect") throw new ConnectError("provider_misbehaved", `${id} began with "${step.type}"`);
  const row = { id: fingerprint(state), provider: id };
  const notes = parts.seals.sealNotes(step.notes, row);
  await parts.attempts.open(caller, { ...row, redirectUri, browser: caller.browser, notes, reconnects });
  return { type: "redirect", to: step.to };
}
