import { normalizeAccount } from "../account.ts";
import type { Account } from "../provider.ts";
import type { Person } from "./gateway.ts";
import { maskPhone } from "./mask.ts";

/** A Telegram user as the account of a connection. */
export function toAccount(person: Person): Account {
  const name = [person.firstName, person.lastName].filter(Boolean).join(" ");
  const phone = person.phone && maskPhone(person.phone);
  const username = person.username && `@${person.username}`;
  return normalizeAccount({
    id: person.id,
    label: name || username || phone,
    details: { name, username, phone },
  });
}
