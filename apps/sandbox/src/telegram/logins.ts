import { randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { RpcCaller } from "@patchbay/mtproto-server";
import { unauthorized } from "./refusals.ts";

/** A session: an authorization key that is logged in. */
export interface Login {
  readonly authKeyId: string;
  readonly person: string;
  /** The name of the session in the list of devices. */
  readonly hash: bigint;
  readonly dc: number;
  readonly apiId: number;
  readonly device: RpcCaller["device"];
  readonly createdAt: number;
  activeAt: number;
}

interface NewLogin {
  readonly caller: RpcCaller;
  readonly person: string;
  /** The hash that the list of devices already showed. */
  readonly hash?: bigint;
}

/** Which key is logged in as which person, and which key still has to send the password. */
export interface Logins {
  findLogin(authKeyId: string): Login | undefined;
  /** Returns the login of a caller. Throws if there is none. */
  requireLogin(caller: RpcCaller): Login;
  listOf(person: string): readonly Login[];
  listAll(): readonly Login[];
  createLogin(opening: NewLogin): Login;
  /** Remembers that the code or the scan was right, and that the password is awaited. */
  awaitPassword(opening: NewLogin): void;
  findAwaiting(authKeyId: string): NewLogin | undefined;
  /** Ends a session. With `revoked` its client gets SESSION_REVOKED. */
  endLogin(authKeyId: string, how?: "revoked"): void;
  clear(): void;
}

/** Creates the hash of a session. It is never 0. */
export const createSessionHash = (): bigint => randomBytes(8).readBigInt64BE() | 1n;

/** Creates an empty store of logins. */
export function createLogins(clock: Clock): Logins {
  const logins = new Map<string, Login>();
  const waiting = new Map<string, NewLogin>();
  const revoked = new Set<string>();

  const open: Logins["createLogin"] = ({ caller, person, hash = createSessionHash() }) => {
    const { authKeyId, dc, apiId, device } = caller;
    const now = clock.now();
    const login = { authKeyId, person, hash, dc, apiId, device, createdAt: now, activeAt: now };
    waiting.delete(authKeyId);
    revoked.delete(authKeyId);
    logins.set(authKeyId, login);
    return login;
  };

  const require: Logins["requireLogin"] = ({ authKeyId }) => {
    const login = logins.get(authKeyId);
    if (login === undefined) throw unauthorized(revoked.has(authKeyId) ? "SESSION_REVOKED" : "AUTH_KEY_UNREGISTERED");
    login.activeAt = clock.now();
    return login;
  };

  return {
    findLogin: (authKeyId) => logins.get(authKeyId),
    requireLogin: require,
    listOf: (person) => [...logins.values()].filter((login) => login.person === person),
    listAll: () => [...logins.values()],
    createLogin: open,
    awaitPassword: (opening) => void waiting.set(opening.caller.authKeyId, opening),
    findAwaiting: (authKeyId) => waiting.get(authKeyId),
    endLogin: (authKeyId, how) => {
      waiting.delete(authKeyId);
      if (logins.delete(authKeyId) && how === "revoked") revoked.add(authKeyId);
    },
    clear: () => {
      for (const known of [logins, waiting, revoked]) known.clear();
    },
  };
}
