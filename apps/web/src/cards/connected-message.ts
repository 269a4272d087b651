import type { Connection } from "@patchbay/api/router";
import { sanitize } from "../sanitize.ts";
import type { Message } from "../ui/message.tsx";

/** Builds the message that an account is connected, or that it waits until the product accepts it. `name` is the provider's. */
export function buildConnectedMessage(name: string, { id, email, label, status }: Connection): Message {
  const outcome = status === "pending" ? "waits to be accepted" : "connected";
  return { about: id, text: `${name} ${outcome}: `, name: sanitize(email ?? label) };
}
