import type { Switches } from "./face.ts";
import { mergePatch } from "./patch.ts";
import { type Answer, json, uncached } from "./wire.ts";

type TokenSwitches = Pick<Switches, "token" | "tokenStatus">;

interface TokenAnswer {
  readonly set: object;
  readonly switches: TokenSwitches;
  readonly headers?: Answer["headers"];
}

/** Builds the answer that carries tokens, with the odd fields and the status that the switches ask for. */
export function buildTokenAnswer({ set, switches, headers = {} }: TokenAnswer): Answer {
  const { token, tokenStatus = 200 } = switches;
  return json(tokenStatus, mergePatch({ ...set }, token), { ...uncached, ...headers });
}
