import { mergePatch } from "../../patch.ts";
import type { TlObject } from "../rpc.ts";
import type { Login } from "./logins.ts";
import { digits, type TelegramPerson } from "./people.ts";

// Fields that one of the layers does not know are left out by the codec; those that either requires are all here.

export const unixTime = (ms: number): number => Math.floor(ms / 1000);

function isTl(value: Record<string, unknown>): value is Record<string, unknown> & TlObject {
  return typeof value["_"] === "string";
}

/** A person as they see themselves. */
export function userShape(person: TelegramPerson): TlObject {
  const [firstName = "", ...rest] = person.name.split(" ");
  const user = mergePatch(
    {
      _: "user",
      self: true,
      id: BigInt(person.id),
      accessHash: BigInt(person.id) * 1_000_003n,
      firstName,
      ...(rest.length > 0 && { lastName: rest.join(" ") }),
      ...(person.username !== undefined && { username: person.username }),
      phone: digits(person.phone),
      status: { _: "userStatusEmpty" },
    },
    person.answer,
  );
  return isTl(user) ? user : { _: "userEmpty", id: BigInt(person.id) };
}

export function fullUserShape(person: TelegramPerson): TlObject {
  return {
    _: "users.userFull",
    fullUser: {
      _: "userFull",
      id: BigInt(person.id),
      ...(person.about !== undefined && { about: person.about }),
      settings: { _: "peerSettings" },
      notifySettings: { _: "peerNotifySettings" },
      commonChatsCount: 0,
    },
    chats: [],
    users: [userShape(person)],
  };
}

export const authorizationShape = (person: TelegramPerson): TlObject => ({
  _: "auth.authorization",
  user: userShape(person),
});

/** One line of Settings > Devices; the session that asks sees itself with the hash 0. */
export function deviceShape(login: Login, current: boolean): TlObject {
  return {
    _: "authorization",
    current,
    hash: current ? 0n : login.hash,
    deviceModel: login.device.model,
    platform: "",
    systemVersion: login.device.system,
    apiId: login.apiId,
    appName: "Patchbay (sandbox)",
    appVersion: login.device.app,
    dateCreated: unixTime(login.createdAt),
    dateActive: unixTime(login.activeAt),
    ip: "127.0.0.1",
    country: "Sandbox",
    region: "",
  };
}
