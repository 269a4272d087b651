import type { TlObject } from "../../rpc.ts";
import type { Methods, Registry } from "../accounts.ts";
import { asObject, listOf, longOf, objectOf } from "../fields.ts";
import type { TelegramPerson } from "../people.ts";
import { badRequest } from "../refusals.ts";
import { fullUserShape, unixTime, userShape } from "../shapes.ts";

/** Who one is. Nobody knows anybody else here. */
export function userMethods({ logins, people, clock }: Registry): Methods {
  return {
    "users.getUsers": (call, caller) => {
      const self = people.behind(logins.require(caller));
      return listOf(call, "id").map((id) => (isSelf(asObject(id), self) ? userShape(self) : stranger(asObject(id))));
    },
    "users.getFullUser": (call, caller) => {
      const self = people.behind(logins.require(caller));
      if (!isSelf(objectOf(call, "id"), self)) throw badRequest("USER_ID_INVALID");
      return fullUserShape(self);
    },
    "updates.getState": (_call, caller) => {
      logins.require(caller);
      return { _: "updates.state", pts: 1, qts: 0, date: unixTime(clock.now()), seq: 1, unreadCount: 0 };
    },
    "updates.getDifference": (_call, caller) => {
      logins.require(caller);
      return { _: "updates.differenceEmpty", date: unixTime(clock.now()), seq: 1 };
    },
    "account.updateStatus": (_call, caller) => {
      logins.require(caller);
      return true;
    },
  };
}

const isSelf = (user: TlObject, self: TelegramPerson): boolean =>
  user._ === "inputUserSelf" || longOf(user, "userId") === BigInt(self.id);

const stranger = (user: TlObject): TlObject => ({ _: "userEmpty", id: longOf(user, "userId") });
