import type { RpcCaller, TlObject } from "../rpc.ts";
import type { Registry } from "./accounts.ts";
import { unauthorized } from "./refusals.ts";
import { authorizationShape } from "./shapes.ts";

interface Admission {
  readonly caller: RpcCaller;
  readonly person: string;
  readonly hash?: bigint;
}

/** Lets a client in whose code or scan was right, or asks for the password first. */
export function admit(registry: Registry, admission: Admission): TlObject {
  const person = registry.people.behind(admission);
  if (person.password !== undefined) {
    registry.logins.await(admission);
    throw unauthorized("SESSION_PASSWORD_NEEDED");
  }
  registry.logins.open(admission);
  return authorizationShape(person);
}
