import { createSecretKey, type KeyObject } from "node:crypto";

/** The encryption keys by id. The first one encrypts; all of them decrypt. */
export interface Keyring {
  ids: readonly string[];
  sealing: { id: string; key: KeyObject };
  find(id: string): KeyObject | undefined;
}

const entry = /^([a-z0-9]{1,16}):([A-Za-z0-9+/_-]{43}=?)$/;

/**
 * Reads `id:base64,id:base64`: one to sixteen lower-case letters or digits, and 32 bytes each.
 * Throws an Error that names the entry at fault by its place, never by its key.
 */
export function readKeyring(text: string): Keyring {
  const keys = new Map<string, KeyObject>();
  for (const [index, part] of text.split(",").entries()) {
    const [, id, encoded] = entry.exec(part.trim()) ?? [];
    if (id === undefined || encoded === undefined) {
      throw new Error(`entry ${index + 1} must look like id:base64 with 32 bytes of key`);
    }
    if (keys.has(id)) throw new Error(`entry ${index + 1} repeats the key id "${id}"`);
    keys.set(id, createSecretKey(Buffer.from(encoded, "base64")));
  }
  const [first] = keys;
  if (first === undefined) throw new Error("at least one key is needed");
  return { ids: [...keys.keys()], sealing: { id: first[0], key: first[1] }, find: (id) => keys.get(id) };
}
