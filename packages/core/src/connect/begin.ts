import { ConnectError } from "../errors.ts";
import type { FormValues } from "../provider.ts";
import { getProvider } from "../registry.ts";
import { isConnectSession } from "../connect-sessions/index.ts";
import { fingerprint, newSecret } from "../vault/index.ts";
import type { Caller } from "./attempt-store.ts";
import type { ConnectDeps } from "./connect-deps.ts";
import { takeFirstStep } from "./interactive-login.ts";
import type { AttemptView } from "./step-view.ts";

/** Which account a user wants to connect, with the form values of the first step. */
export interface ConnectRequest {
  provider: string;
  values: FormValues;
  /** The id of the caller's connection that is to be renewed in place. */
  reconnectConnectionId?: number | undefined;
}

/**
 * Begins an attempt. Gives the address to send the browser to, or the first step of a login. The address carries a state of
 * 256 random bits and nothing about the user; everything else stays here, sealed.
 */
export async function beginConnect(
  deps: ConnectDeps,
  caller: Caller & { browser: Buffer },
  { provider: id, values, reconnectConnectionId }: ConnectRequest,
): Promise<{ type: "redirect"; to: URL } | AttemptView> {
  const { registry, attempts, seals } = deps;
  const provider = getProvider(registry, id);
  const { redirectUri } = provider;
  const state = newSecret();
  const row = { id: fingerprint(state), provider: id };
  const attempt = { ...row, redirectUri, browser: caller.browser, reconnectConnectionId };
  const scopes = isConnectSession(caller) ? await attempts.getScopes(caller, id) : undefined;
  if (provider.methods.includes("redirect")) {
    const step = await provider.begin({ redirectUri, state, ...(scopes && { scopes }) }, values);
    if (step.type !== "redirect") throw new Error(`${id} begins by redirect, and its first step is "${step.type}"`);
    await attempts.create(caller, {
      ...attempt,
      flow: "redirect",
      providerState: seals.sealState(step.providerState, row),
    });
    return { type: "redirect", to: step.to };
  }
  if (scopes) throw new ConnectError("invalid_request", `${id} has no scopes to choose`, { field: "scopes" });
  const recipient = await provider.codeRecipient?.(values);
  const codeRecipient = recipient === undefined ? undefined : fingerprint(`${id}|${recipient}`);
  const providerState = seals.sealState({}, row);
  // Stored first: no code is sent before the caller and their limits are checked.
  const login = await attempts.create(caller, { ...attempt, flow: "login", providerState, codeRecipient });
  return await takeFirstStep(deps, login, { provider, state, values });
}
