import { ConnectError } from "./errors.ts";
import type { Account } from "./provider.ts";

const maxLength = 200;
// Control characters, and those that turn the direction of what follows (Unicode TR9): a name must not rearrange a page.
const unsafeCharacters = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

type OptionalText = string | null | undefined;

/** An account as a provider's answer tells it. What is absent or empty is left out of the `Account`. */
export interface IdentifiedAccount {
  id: string;
  /** Absent or empty: the e-mail address takes its place, or the id. */
  label?: OptionalText;
  email?: OptionalText;
  details: Readonly<Record<string, OptionalText>>;
}

/** Gives an account whose texts are safe to store and to show: of bounded length, without control characters. */
export function normalizeAccount(account: IdentifiedAccount): Account {
  if (!/^[\x21-\x7e]{1,255}$/.test(account.id)) {
    throw new ConnectError("provider_misbehaved", "an account without a usable id");
  }
  const email = normalizeText(account.email ?? "");
  const details = Object.entries(account.details).flatMap(([name, text]): [string, string][] =>
    text ? [[name, normalizeText(text)]] : [],
  );
  return {
    id: account.id,
    label: normalizeText(account.label ?? "") || email || account.id,
    ...(email === "" ? {} : { email }),
    details: Object.fromEntries(details),
  };
}

function normalizeText(text: string): string {
  const cleaned = text.toWellFormed().replace(unsafeCharacters, "").trim();
  return cleaned.length > maxLength ? `${[...cleaned].slice(0, maxLength - 1).join("")}…` : cleaned;
}
