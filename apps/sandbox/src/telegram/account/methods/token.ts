import type { RpcCaller, TlObject } from "../../rpc.ts";
import type { Methods, Registry } from "../accounts.ts";
import { admit } from "../admission.ts";
import { checkApp } from "../app.ts";
import { bytesOf, listOf } from "../fields.ts";
import type { LoginToken } from "../tokens.ts";
import { scan } from "../scan.ts";
import { authorizationShape, deviceShape, unixTime } from "../shapes.ts";

/** Logging in with a QR code: https://core.telegram.org/api/qr-login */
export function tokenMethods(registry: Registry): Methods {
  const { logins, people, tokens, clock } = registry;
  return {
    "auth.exportLoginToken": (call, caller) => {
      checkApp(registry, call, caller);
      const login = logins.find(caller.authKeyId);
      if (login) return successShape(authorizationShape(people.behind(login)));
      return exported(registry, tokens.export(caller, idsOf(call)));
    },
    "auth.importLoginToken": (call, caller) => {
      const token = tokens.import(bytesOf(call, "token"), caller);
      return redeem(registry, { token, person: token.accepted.person, caller });
    },
    "auth.acceptLoginToken": (call, caller) => {
      const { person } = logins.require(caller);
      const { exporter, hash } = scan(registry, { value: bytesOf(call, "token"), person });
      const now = clock.now();
      return deviceShape({ ...exporter, person, hash, createdAt: now, activeAt: now }, false);
    },
  };
}

const idsOf = (call: TlObject): bigint[] => listOf(call, "exceptIds").filter((id) => typeof id === "bigint");

function exported(registry: Registry, token: LoginToken): TlObject {
  const { accepted, value, expiresAt, exporter } = token;
  if (accepted === undefined) return { _: "auth.loginToken", expires: unixTime(expiresAt), token: value };
  return redeem(registry, { token, person: accepted.person, caller: exporter });
}

interface Redemption {
  readonly token: LoginToken;
  readonly person: string;
  readonly caller: RpcCaller;
}

/** An accepted token opens one session, at the data centre of whoever accepted it. */
function redeem(registry: Registry, { token, person, caller }: Redemption): TlObject {
  const { dc } = registry.people.behind({ person });
  if (dc !== caller.dc) return { _: "auth.loginTokenMigrateTo", dcId: dc, token: token.value };
  token.taker = caller.authKeyId;
  const authorization = admit(registry, { caller, person, hash: token.hash });
  token.spent = true;
  return successShape(authorization);
}

const successShape = (authorization: TlObject): TlObject => ({ _: "auth.loginTokenSuccess", authorization });
