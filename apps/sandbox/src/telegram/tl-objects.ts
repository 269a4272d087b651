import { mergePatch } from "../patch.ts";
import type { TlObject } from "@patchbay/mtproto-server";
import type { Login } from "./logins.ts";
import { normalizePhone, type TelegramPerson } from "./people.ts";

// The codec leaves out fields that a layer does not know. Every field that one of the layers requires is here.

/** Turns milliseconds into seconds of Unix time. */
export const toUnixTime = (ms: number): number => Math.floor(ms / 1000);

function isTl(value: Record<string, unknown>): value is Record<string, unknown> & TlObject {
  return typeof value["_"] === "string";
}

/** Builds a person as they see themselves. */
export function buildTlUser(person: TelegramPerson): TlObject {
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
      phone: normalizePhone(person.phone),
      status: { _: "userStatusEmpty" },
    },
    person.answer,
  );
  return isTl(user) ? user : { _: "userEmpty", id: BigInt(person.id) };
}

/** Builds everything that a person sees about themselves. */
export function buildTlFullUser(person: TelegramPerson): TlObject {
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
    users: [buildTlUser(person)],
  };
}

/** Builds the answer to a successful login. */
export const buildTlAuthorization = (person: TelegramPerson): TlObject => ({
  _: "auth.authorization",
  user: buildTlUser(person),
});

/** Builds one line of Settings > Devices. The hash of the session that asks is 0. */
export function buildTlDevice(login: Login, current: boolean): TlObject {
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
    dateCreated: toUnixTime(login.createdAt),
    dateActive: toUnixTime(login.activeAt),
    ip: "127.0.0.1",
    country: "Sandbox",
    region: "",
  };
}
