import type { RpcCaller, TlObject } from "@patchbay/mtproto-server";
import type { ApiMethods, TelegramState } from "../state.ts";
import { logIn } from "../log-in.ts";
import { requireRegisteredApp } from "../registered-app.ts";
import { readBytes, readList } from "../fields.ts";
import type { LoginToken } from "../login-tokens.ts";
import { acceptLoginToken } from "../accept-login-token.ts";
import { buildTlAuthorization, buildTlDevice, toUnixTime } from "../tl-objects.ts";

/** Methods for a login with a QR code: https://core.telegram.org/api/qr-login */
export function tokenMethods(state: TelegramState): ApiMethods {
  const { logins, people, tokens, clock } = state;
  return {
    "auth.exportLoginToken": (call, caller) => {
      requireRegisteredApp(state, call, caller);
      const login = logins.findLogin(caller.authKeyId);
      if (login) return buildTokenSuccess(buildTlAuthorization(people.getPerson(login)));
      return answerExport(state, tokens.exportToken(caller, readExceptIds(call)));
    },
    "auth.importLoginToken": (call, caller) => {
      const token = tokens.importToken(readBytes(call, "token"), caller);
      return redeemLoginToken(state, { token, person: token.accepted.person, caller });
    },
    "auth.acceptLoginToken": (call, caller) => {
      const { person } = logins.requireLogin(caller);
      const { exporter, hash } = acceptLoginToken(state, { value: readBytes(call, "token"), person });
      const now = clock.now();
      return buildTlDevice({ ...exporter, person, hash, createdAt: now, activeAt: now }, false);
    },
  };
}

const readExceptIds = (call: TlObject): bigint[] => readList(call, "exceptIds").filter((id) => typeof id === "bigint");

function answerExport(state: TelegramState, token: LoginToken): TlObject {
  const { accepted, value, expiresAt, exporter } = token;
  if (accepted === undefined) return { _: "auth.loginToken", expires: toUnixTime(expiresAt), token: value };
  return redeemLoginToken(state, { token, person: accepted.person, caller: exporter });
}

interface TokenRedemption {
  readonly token: LoginToken;
  readonly person: string;
  readonly caller: RpcCaller;
}

/** Logs in with an accepted token, at the data centre of the person who accepted it. */
function redeemLoginToken(state: TelegramState, { token, person, caller }: TokenRedemption): TlObject {
  const { dc } = state.people.getPerson({ person });
  if (dc !== caller.dc) return { _: "auth.loginTokenMigrateTo", dcId: dc, token: token.value };
  token.taker = caller.authKeyId;
  const authorization = logIn(state, { caller, person, hash: token.hash });
  token.spent = true;
  return buildTokenSuccess(authorization);
}

const buildTokenSuccess = (authorization: TlObject): TlObject => ({ _: "auth.loginTokenSuccess", authorization });
