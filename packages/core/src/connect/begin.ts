import { ConnectError } from "../errors.ts";
import type { FormValues } from "../provider.ts";
import { fingerprint, newSecret } from "../vault/index.ts";
import type { Caller } from "./attempt-store.ts";
import { getProvider } from "../registry.ts";
import type { AttemptView } from "./step-view.ts";
import { beginLogin, type ConnectDeps } from "./interactive-login.ts";

export interface ConnectRequest {
  provider: string;
  values: FormValues;
  /** The id of the caller's connection that is to be renewed in place. */
  reconnectConnectionId?: number | undefined;
}

/**
 * Begins an attempt: gives the address to send the browser to, or the first question or code of a walk. The address
 * carries a state of 256 random bits and nothing about the user; everything else stays here, sealed.
 */
export async function beginConnect(
  parts: ConnectDeps,
  caller: Caller & { browser: Buffer },
  { provider: id, values, reconnectConnectionId }: ConnectRequest,
): Promise<{ type: "redirect"; to: URL } | AttemptView> {
  const provider = getProvider(parts.registry, id);
  const { redirectUri } = provider;
  const state = newSecret();
  // Nobody's phone rings before it is known who asks, and how often.
  if (!provider.methods.includes("redirect"))
    return await beginLogin(parts, caller, { state, provider, answers: values, reconnects: reconnectConnectionId });
  const step = await provider.begin({ redirectUri, state }, values);
  if (step.type !== "redirect") throw new ConnectError("provider_misbehaved", `${id} began with "${step.type}"`);
  const row = { id: fingerprint(state), provider: id };
  const notes = parts.seals.sealState(step.notes, row);
  await parts.attempts.create(caller, { ...row, redirectUri, browser: caller.browser, notes, reconnectConnectionId });
  return { type: "redirect", to: step.to };
}
