import type { Registry } from "./accounts.ts";
import { unixTime } from "./shapes.ts";
import type { LoginToken } from "./tokens.ts";

interface Scan {
  readonly value: Buffer;
  readonly person: string;
}

/** Somebody accepts a QR code: from a client of theirs, or with the phone that the control door holds for them. */
export function scan(registry: Registry, { value, person }: Scan): LoginToken {
  const { tokens, people, clock } = registry;
  const { id } = people.behind({ person });
  const token = tokens.accept({ value, person, userId: BigInt(id) });
  registry.push(token.exporter.authKeyId, {
    _: "updateShort",
    update: { _: "updateLoginToken" },
    date: unixTime(clock.now()),
  });
  return token;
}
