import type { TlObject } from "@patchbay/mtproto-server";
import type { ApiMethods, TelegramState } from "../state.ts";
import { toTlObject, readList, readLong, readObject } from "../fields.ts";
import type { TelegramPerson } from "../people.ts";
import { badRequest } from "../refusals.ts";
import { buildTlFullUser, toUnixTime, buildTlUser } from "../tl-objects.ts";

/** Methods about the user. A user sees nobody but themselves. */
export function userMethods({ logins, people, clock }: TelegramState): ApiMethods {
  return {
    "users.getUsers": (call, caller) => {
      const self = people.getPerson(logins.requireLogin(caller));
      return readList(call, "id").map((id) =>
        isSelf(toTlObject(id), self) ? buildTlUser(self) : buildStranger(toTlObject(id)),
      );
    },
    "users.getFullUser": (call, caller) => {
      const self = people.getPerson(logins.requireLogin(caller));
      if (!isSelf(readObject(call, "id"), self)) throw badRequest("USER_ID_INVALID");
      return buildTlFullUser(self);
    },
    "updates.getState": (_call, caller) => {
      logins.requireLogin(caller);
      return { _: "updates.state", pts: 1, qts: 0, date: toUnixTime(clock.now()), seq: 1, unreadCount: 0 };
    },
    "updates.getDifference": (_call, caller) => {
      logins.requireLogin(caller);
      return { _: "updates.differenceEmpty", date: toUnixTime(clock.now()), seq: 1 };
    },
    "account.updateStatus": (_call, caller) => {
      logins.requireLogin(caller);
      return true;
    },
  };
}

const isSelf = (user: TlObject, self: TelegramPerson): boolean =>
  user._ === "inputUserSelf" || readLong(user, "userId") === BigInt(self.id);

const buildStranger = (user: TlObject): TlObject => ({ _: "userEmpty", id: readLong(user, "userId") });
