import type { ApiMethods, TelegramState } from "../state.ts";
import { readLong } from "../fields.ts";
import type { Login } from "../logins.ts";
import { badRequest } from "../refusals.ts";
import { buildTlDevice } from "../tl-objects.ts";

/** Methods of Settings > Devices, and the log-out. */
export function deviceMethods({ logins, futureTokens }: TelegramState): ApiMethods {
  const others = ({ person, authKeyId }: Login): Login[] =>
    logins.listOf(person).filter((login) => login.authKeyId !== authKeyId);

  return {
    "auth.logOut": (_call, caller) => {
      const { authKeyId, person } = logins.requireLogin(caller);
      logins.endLogin(authKeyId);
      return { _: "auth.loggedOut", futureAuthToken: futureTokens.issueToken(person) };
    },
    "account.getAuthorizations": (_call, caller) => {
      const own = logins.requireLogin(caller);
      const authorizations = [buildTlDevice(own, true), ...others(own).map((login) => buildTlDevice(login, false))];
      return { _: "account.authorizations", authorizationTtlDays: 180, authorizations };
    },
    "account.resetAuthorization": (call, caller) => {
      const hash = readLong(call, "hash");
      const meant = others(logins.requireLogin(caller)).find((login) => login.hash === hash);
      if (meant === undefined) throw badRequest("HASH_INVALID");
      logins.endLogin(meant.authKeyId);
      return true;
    },
    "auth.resetAuthorizations": (_call, caller) => {
      for (const { authKeyId } of others(logins.requireLogin(caller))) logins.endLogin(authKeyId, "revoked");
      return true;
    },
  };
}
