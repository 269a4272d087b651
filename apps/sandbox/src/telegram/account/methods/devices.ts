import type { Methods, Registry } from "../accounts.ts";
import { longOf } from "../fields.ts";
import type { Login } from "../logins.ts";
import { badRequest } from "../refusals.ts";
import { deviceShape } from "../shapes.ts";

/** Settings > Devices, and leaving. */
export function deviceMethods({ logins, futureTokens }: Registry): Methods {
  const others = ({ person, authKeyId }: Login): Login[] =>
    logins.of(person).filter((login) => login.authKeyId !== authKeyId);

  return {
    "auth.logOut": (_call, caller) => {
      const { authKeyId, person } = logins.require(caller);
      logins.end(authKeyId);
      return { _: "auth.loggedOut", futureAuthToken: futureTokens.issue(person) };
    },
    "account.getAuthorizations": (_call, caller) => {
      const own = logins.require(caller);
      const authorizations = [deviceShape(own, true), ...others(own).map((login) => deviceShape(login, false))];
      return { _: "account.authorizations", authorizationTtlDays: 180, authorizations };
    },
    "account.resetAuthorization": (call, caller) => {
      const hash = longOf(call, "hash");
      const meant = others(logins.require(caller)).find((login) => login.hash === hash);
      if (meant === undefined) throw badRequest("HASH_INVALID");
      logins.end(meant.authKeyId);
      return true;
    },
    "auth.resetAuthorizations": (_call, caller) => {
      for (const { authKeyId } of others(logins.require(caller))) logins.end(authKeyId, "revoked");
      return true;
    },
  };
}
