import type { TelegramState } from "./state.ts";
import { toUnixTime } from "./tl-objects.ts";
import type { LoginToken } from "./login-tokens.ts";

interface ScannedToken {
  readonly value: Buffer;
  readonly person: string;
}

/** A person accepts a QR code, with a client of theirs or with the phone that the control API plays. */
export function acceptLoginToken(state: TelegramState, { value, person }: ScannedToken): LoginToken {
  const { tokens, people, clock } = state;
  const { id } = people.getPerson({ person });
  const token = tokens.acceptToken({ value, person, userId: BigInt(id) });
  state.pushUpdate(token.exporter.authKeyId, {
    _: "updateShort",
    update: { _: "updateLoginToken" },
    date: toUnixTime(clock.now()),
  });
  return token;
}
