import { hash, timingSafeEqual } from "node:crypto";

/** A key that a back end calls with. Of the key itself only the SHA-256 is known. */
export interface ServiceKey {
  name: string;
  sha256: Buffer;
  /** The providers that it sees. Undefined: all but those whose credentials are lent. */
  providers: ReadonlySet<string> | undefined;
}

const entry = /^([a-z0-9][a-z0-9-]{0,31}):([0-9a-f]{64})(?::([a-z0-9-]+(?:\+[a-z0-9-]+)*))?$/i;
const rule = "must look like name:sha256hex or name:sha256hex:provider+provider";

/**
 * Reads `name:sha256hex[:providers]`, separated by commas. Throws an Error that names the entry at fault by its place,
 * never by its content: somebody may have put the key itself there.
 */
export function parseServiceKeys(parts: readonly string[], known: readonly string[]): ServiceKey[] {
  const keys: ServiceKey[] = [];
  for (const [index, part] of parts.entries()) {
    const [, name, hex, list] = entry.exec(part) ?? [];
    const wrong = (what: string) => new Error(`entry ${index + 1} ${what}`);
    if (name === undefined || hex === undefined) throw wrong(rule);
    const sha256 = Buffer.from(hex, "hex");
    if (keys.some((key) => key.name === name)) throw wrong("has the name of an earlier one");
    if (keys.some((key) => key.sha256.equals(sha256))) throw wrong("has the key of an earlier one");
    const providers = list?.split("+");
    if (providers?.some((id) => !known.includes(id))) throw wrong(`names a provider other than ${known.join(", ")}`);
    keys.push({ name, sha256, providers: providers && new Set(providers) });
  }
  return keys;
}

/** Whether a key sees a provider. A credential with an exclusive lease is issued only to a key that names its provider. */
export function maySee({ providers }: ServiceKey, provider: string, exclusiveLease = false): boolean {
  return providers === undefined ? !exclusiveLease : providers.has(provider);
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
