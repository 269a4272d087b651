import { keyId } from "./envelope.ts";
import type { KeyMaterial } from "./exchange.ts";
import { type AuthKey, loginKey } from "./peer.ts";
import { createSalts } from "./salts.ts";

export interface KeyRing {
  /** Undefined where the id is taken. */
  add(dc: number, material: KeyMaterial): AuthKey | undefined;
  find(dc: number, id: string): AuthKey | undefined;
  /** The keys that speak for a login: the permanent one and those bound to it. */
  speakingFor(id: string): AuthKey[];
  forget(key: AuthKey): void;
  all(): AuthKey[];
}

export function createKeyRing(clock: { now(): number }): KeyRing {
  const keys = new Map<string, AuthKey>();
  const isOver = ({ until }: AuthKey): boolean => until !== undefined && until <= clock.now();

  return {
    add: (dc, { secret, salt, expiresIn }) => {
      const id = keyId(secret).toString("hex");
      if (keys.has(id)) return undefined;
      const until = expiresIn === undefined ? undefined : clock.now() + expiresIn * 1000;
      const kept = {
        salts: createSalts(salt, clock),
        sessions: new Map(),
        permanent: undefined,
        introduction: undefined,
      };
      const key: AuthKey = { id, secret, dc, until, ...kept };
      keys.set(id, key);
      return key;
    },
    find: (dc, id) => {
      const key = keys.get(id);
      return key && key.dc === dc && !isOver(key) ? key : undefined;
    },
    speakingFor: (id) => [...keys.values()].filter((key) => loginKey(key).id === id && !isOver(key)),
    forget: (key) => {
      keys.delete(key.id);
    },
    all: () => [...keys.values()],
  };
}
