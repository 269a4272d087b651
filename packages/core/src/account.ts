import { ConnectError } from "./errors.ts";
import type { Account } from "./provider.ts";

const maxLength = 200;
// Control characters, and those that turn the direction of what follows (Unicode TR9): a name must not rearrange a page.
const unsafeCharacters = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

/** An account whose texts are safe to keep and to show: of bounded length, without control characters. */
export function normalizeAccount(account: Account): Account {
  if (!/^[\x21-\x7e]{1,255}$/.test(account.id)) {
    throw new ConnectError("provider_misbehaved", "an account without a usable id");
  }
  const email = account.email === undefined ? "" : normalizeText(account.email);
  return {
    id: account.id,
    label: normalizeText(account.label) || email || account.id,
    ...(email === "" ? {} : { email }),
    details: Object.fromEntries(Object.entries(account.details).map(([name, text]) => [name, normalizeText(text)])),
  };
}

function normalizeText(text: string): string {
  const cleaned = text.toWellFormed().replace(unsafeCharacters, "").trim();
  return cleaned.length > maxLength ? `${[...cleaned].slice(0, maxLength - 1).join("")}…` : cleaned;
}
