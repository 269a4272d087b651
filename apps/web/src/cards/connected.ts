import type { Connection } from "@patchbay/api/router";
import { inert } from "../inert.ts";
import type { Message } from "../ui/message.tsx";

/** Said once an account is there. */
export function connectedMessage(name: string, { id, email, label }: Connection): Message {
  return { about: id, text: `${name} connected: `, name: inert(email ?? label) };
}
