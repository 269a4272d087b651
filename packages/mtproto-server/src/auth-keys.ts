import type { ServerClock } from "./clock.ts";
import { computeKeyId } from "./message-encryption.ts";
import type { KeyMaterial } from "./key-exchange.ts";
import { type AuthKey, getLoginKey } from "./state.ts";
import { createServerSalts } from "./server-salts.ts";

/** The authorization keys of all data centres. */
export interface AuthKeyStore {
  /** Returns undefined if the key's id is taken. */
  add(dc: number, material: KeyMaterial): AuthKey | undefined;
  find(dc: number, id: string): AuthKey | undefined;
  /** Lists the keys of a login: the permanent key and the temporary keys that are bound to it. */
  listForLogin(id: string): AuthKey[];
  delete(key: AuthKey): void;
  listAll(): AuthKey[];
}

/** Creates an empty store of keys. */
export function createAuthKeyStore(clock: ServerClock): AuthKeyStore {
  const keys = new Map<string, AuthKey>();
  const isOver = ({ expiresAtMs }: AuthKey): boolean => expiresAtMs !== undefined && expiresAtMs <= clock.now();

  return {
    add: (dc, { secret, salt, expiresIn }) => {
      const id = computeKeyId(secret).toString("hex");
      if (keys.has(id)) return undefined;
      const expiresAtMs = expiresIn === undefined ? undefined : clock.now() + expiresIn * 1000;
      const kept = {
        salts: createServerSalts(salt, clock),
        sessions: new Map(),
        permanent: undefined,
        clientInfo: undefined,
      };
      const key: AuthKey = { id, secret, dc, expiresAtMs, ...kept };
      keys.set(id, key);
      return key;
    },
    find: (dc, id) => {
      const key = keys.get(id);
      return key && key.dc === dc && !isOver(key) ? key : undefined;
    },
    listForLogin: (id) => [...keys.values()].filter((key) => getLoginKey(key).id === id && !isOver(key)),
    delete: (key) => {
      keys.delete(key.id);
    },
    listAll: () => [...keys.values()],
  };
}
