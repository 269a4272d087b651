import { hash, timingSafeEqual } from "node:crypto";
import { ConnectError } from "@patchbay/core/errors";
import type { Registry } from "@patchbay/core/registry";
import type { ServiceScope } from "@patchbay/core/service-access";

/** What a key may do: list connections, get credentials, connect users, and change or end what is connected. */
export const rights = ["read", "token", "connect", "manage"] as const;

/** One of the rights of a key. */
export type Right = (typeof rights)[number];

/** The rights of a key that names none. */
const usualRights: readonly Right[] = ["read", "token"];

/** A key that a back end calls with. Of the key itself only the SHA-256 is known. */
export interface ServiceKey {
  /** The name as it is configured, with the application in front of it. */
  name: string;
  /** The application whose users and connections it sees. Empty: the default one, which users who signed up here belong to. */
  application: string;
  sha256: Buffer;
  /** The providers that it sees. Undefined: all but those whose credentials are lent. */
  providers: ReadonlySet<string> | undefined;
  rights: ReadonlySet<Right>;
}

const word = "[a-z0-9][a-z0-9-]{0,31}";
const list = String.raw`[a-z0-9-]+(?:\+[a-z0-9-]+)*`;
const entry = new RegExp(
  `^(?<name>(?:(?<application>${word})\\.)?${word}):(?<hex>[0-9a-f]{64})(?::(?<providers>${list})|:(?<optional>${list})?:(?<rights>${list}))?$`,
  "i",
);
const rule = "must look like [application.]name:sha256hex[:provider+provider][:right+right]";

/**
 * Reads `[application.]name:sha256hex[:providers][:rights]`, separated by commas. Providers may be empty where rights follow.
 * Throws an Error that names the entry at fault by its place, never by its content: somebody may have put the key itself there.
 */
export function parseServiceKeys(parts: readonly string[], known: readonly string[]): ServiceKey[] {
  const keys: ServiceKey[] = [];
  for (const [index, part] of parts.entries()) {
    const { name, application = "", hex, ...lists } = entry.exec(part)?.groups ?? {};
    const wrong = (what: string) => new Error(`entry ${index + 1} ${what}`);
    if (name === undefined || hex === undefined) throw wrong(rule);
    const sha256 = Buffer.from(hex, "hex");
    if (keys.some((key) => key.name === name)) throw wrong("has the name of an earlier one");
    if (keys.some((key) => key.sha256.equals(sha256))) throw wrong("has the key of an earlier one");
    const providers = (lists["providers"] ?? lists["optional"])?.split("+");
    if (providers?.some((id) => !known.includes(id))) throw wrong(`names a provider other than ${known.join(", ")}`);
    const named = lists["rights"]?.split("+") ?? usualRights;
    if (!named.every(isRight)) throw wrong(`names a right other than ${rights.join(", ")}`);
    keys.push({ name, application, sha256, providers: providers && new Set(providers), rights: new Set(named) });
  }
  return keys;
}

function isRight(text: string): text is Right {
  return (rights as readonly string[]).includes(text);
}

/** Throws `right_missing` if a key does not hold a right. */
export function requireRight(key: ServiceKey, right: Right): void {
  if (key.rights.has(right)) return;
  throw new ConnectError("right_missing", `the key does not hold the right ${right}`, { reason: right });
}

/** Whether a key sees a provider. A credential with an exclusive lease is issued only to a key that names its provider. */
export function maySee({ providers }: ServiceKey, provider: string, exclusiveLease = false): boolean {
  return providers === undefined ? !exclusiveLease : providers.has(provider);
}

/** Builds what a key sees: the connections of its application at its providers. */
export function buildScope(key: ServiceKey, registry: Registry): ServiceScope {
  const visible = [...registry.values()].filter(({ id, exclusiveLease }) => maySee(key, id, exclusiveLease));
  return { actor: `service:${key.name}`, application: key.application, providers: visible.map(({ id }) => id) };
}

/**
 * Throws `right_missing` for a key that names some providers alone: to erase a user takes their connections at all of them.
 */
export function requireEveryProvider({ providers }: ServiceKey, registry: Registry): void {
  if (providers === undefined || [...registry.keys()].every((id) => providers.has(id))) return;
  throw new ConnectError("right_missing", "the key does not see every provider", { reason: "manage" });
}

/** Shorter ones can be guessed from their SHA-256. */
const shortestKey = 32;
const scheme = /^bearer +/i;

/**
 * The key that an `Authorization` header holds. Every key is compared, in constant time, so that the time of an answer
 * says nothing about any of them.
 */
export function findServiceKey(keys: readonly ServiceKey[], header: string | undefined): ServiceKey | undefined {
  const [prefix] = scheme.exec(header ?? "") ?? [];
  if (header === undefined || prefix === undefined) return undefined;
  // Node reads headers as latin1; this gives the bytes as they came.
  const presented = Buffer.from(header.slice(prefix.length), "latin1");
  const sha256 = hash("sha256", presented, "buffer");
  let found: ServiceKey | undefined;
  for (const key of keys) if (timingSafeEqual(key.sha256, sha256)) found = key;
  return presented.length >= shortestKey ? found : undefined;
}
