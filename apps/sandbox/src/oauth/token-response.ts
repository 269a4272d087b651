import type { Switches } from "../provider.ts";
import { mergePatch } from "../patch.ts";
import { type ProviderResponse, jsonResponse, noStoreHeaders } from "../http/messages.ts";

type TokenSwitches = Pick<Switches, "token" | "tokenStatus">;

interface TokenResponse {
  readonly tokens: object;
  readonly switches: TokenSwitches;
  readonly headers?: ProviderResponse["headers"];
}

/** Builds the response that carries tokens, with the fields and the status that the switches ask for. */
export function buildTokenResponse({ tokens: set, switches, headers = {} }: TokenResponse): ProviderResponse {
  const { token, tokenStatus = 200 } = switches;
  return jsonResponse(tokenStatus, mergePatch({ ...set }, token), { ...noStoreHeaders, ...headers });
}
