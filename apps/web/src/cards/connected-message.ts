import type { Connection } from "@patchbay/api/router";
import { sanitize } from "../sanitize.ts";
import type { Message } from "../ui/message.tsx";

/** Builds the message that an account is connected. `name` is the provider's. */
export function buildConnectedMessage(name: string, { id, email, label }: Connection): Message {
  return { about: id, text: `${name} connected: `, name: sanitize(email ?? label) };
}
