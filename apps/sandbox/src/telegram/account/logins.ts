import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { RpcCaller } from "../rpc.ts";
import { unauthorized } from "./refusals.ts";

/** A session: an authorization key that somebody is logged in with. */
export interface Login {
  readonly authKeyId: string;
  readonly person: string;
  /** By which the device list names it. */
  readonly hash: bigint;
  readonly dc: number;
  readonly apiId: number;
  readonly device: RpcCaller["device"];
  readonly createdAt: number;
  activeAt: number;
}

interface Opening {
  readonly caller: RpcCaller;
  readonly person: string;
  /** Where the device list already showed it. */
  readonly hash?: bigint;
}

/** Who is logged in with which key, and who has yet to give the password. */
export interface Logins {
  find(authKeyId: string): Login | undefined;
  /** The login of a caller who must have one. */
  require(caller: RpcCaller): Login;
  of(person: string): readonly Login[];
  all(): readonly Login[];
  open(opening: Opening): Login;
  /** The code or the scan was right, and the password is awaited. */
  await(opening: Opening): void;
  awaited(authKeyId: string): Opening | undefined;
  /** Ends a session; `revoked` is what its client hears where all were ended at once. */
  end(authKeyId: string, how?: "revoked"): void;
  clear(): void;
}

export const sessionHash = (): bigint => randomBytes(8).readBigInt64BE() | 1n;

export function createLogins(clock: Clock): Logins {
  const logins = new Map<string, Login>();
  const waiting = new Map<string, Opening>();
  const revoked = new Set<string>();

  const open: Logins["open"] = ({ caller, person, hash = sessionHash() }) => {
    const { authKeyId, dc, apiId, device } = caller;
    const now = clock.now();
    const login = { authKeyId, person, hash, dc, apiId, device, createdAt: now, activeAt: now };
    waiting.delete(authKeyId);
    revoked.delete(authKeyId);
    logins.set(authKeyId, login);
    return login;
  };

  const require: Logins["require"] = ({ authKeyId }) => {
    const login = logins.get(authKeyId);
    if (login === undefined) throw unauthorized(revoked.has(authKeyId) ? "SESSION_REVOKED" : "AUTH_KEY_UNREGISTERED");
    login.activeAt = clock.now();
    return login;
  };

  return {
    find: (authKeyId) => logins.get(authKeyId),
    require,
    of: (person) => [...logins.values()].filter((login) => login.person === person),
    all: () => [...logins.values()],
    open,
    await: (opening) => void waiting.set(opening.caller.authKeyId, opening),
    awaited: (authKeyId) => waiting.get(authKeyId),
    end: (authKeyId, how) => {
      waiting.delete(authKeyId);
      if (logins.delete(authKeyId) && how === "revoked") revoked.add(authKeyId);
    },
    clear: () => {
      for (const known of [logins, waiting, revoked]) known.clear();
    },
  };
}
