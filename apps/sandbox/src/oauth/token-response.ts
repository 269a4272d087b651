import { type ProviderResponse, jsonResponse, noStoreHeaders } from "../http/messages.ts";
import { mergePatch, type Patchable } from "../patch.ts";
import type { Switches } from "../provider.ts";

interface TokenEndpointState {
  readonly switches: Patchable<Pick<Switches, "token" | "tokenStatus">>;
}

/** Builds the response that carries tokens, with the fields and the status that the provider's switches ask for. */
export function respondWithTokens(
  { switches }: TokenEndpointState,
  tokens: object,
  headers: ProviderResponse["headers"] = {},
): ProviderResponse {
  const { token, tokenStatus = 200 } = switches.current();
  return jsonResponse(tokenStatus, mergePatch({ ...tokens }, token), { ...noStoreHeaders, ...headers });
}
