import type { Api } from "telegram";
import { type AuthResult, type CodeDelivery, type Person, Refusal, type SentCode } from "../gateway.ts";
import type { Library } from "./library.ts";

/** Reads who was authorized. */
export function readAuthorization({ Api }: Library, authorization: Api.auth.TypeAuthorization): AuthResult {
  if (authorization instanceof Api.auth.AuthorizationSignUpRequired) throw new Refusal("PHONE_NUMBER_UNOCCUPIED");
  const { user } = authorization;
  return { type: "authorized", ...(user instanceof Api.User && { person: readUser(user) }) };
}

/** Reads a user of Telegram. */
export function readUser(user: Api.User): Person {
  const { id, firstName, lastName, phone } = user;
  const username = user.username ?? user.usernames?.find(({ active }) => active)?.username;
  return {
    id: id.toString(),
    ...(firstName && { firstName }),
    ...(lastName && { lastName }),
    ...(username && { username }),
    ...(phone && { phone }),
  };
}

/** Reads how a code was sent, or who was authorized without one. */
export function readSent(library: Library, sent: Api.auth.TypeSentCode): SentCode | AuthResult {
  const { auth } = library.Api;
  if (sent instanceof auth.SentCodeSuccess) return readAuthorization(library, sent.authorization);
  const { type, phoneCodeHash, nextType, timeout } = sent;
  if (type instanceof auth.SentCodeTypeSetUpEmailRequired) throw new Refusal("EMAIL_SETUP_REQUIRED");
  return {
    type: "sent",
    hash: phoneCodeHash,
    delivery: deliveries[type.className] ?? "other",
    // 0 is how Telegram leaves it open.
    ...("length" in type && type.length > 0 && { length: type.length }),
    ...readClue(library, type),
    another: Boolean(nextType),
    ...(nextType && timeout && timeout > 0 && { anotherAt: new Date(Date.now() + timeout * 1000) }),
  };
}

type Shown = Pick<SentCode, "clue" | "link">;

/** What is shown of a code, each kind of which has its own word for it. */
function readClue({ Api }: Library, type: Api.auth.TypeSentCodeType): Shown {
  const { auth } = Api;
  if (type instanceof auth.SentCodeTypeEmailCode) return { clue: type.emailPattern };
  if (type instanceof auth.SentCodeTypeFlashCall) return { clue: type.pattern };
  if (type instanceof auth.SentCodeTypeFragmentSms) return fragmentLink(type.url);
  const isSpoken = type instanceof auth.SentCodeTypeSmsWord || type instanceof auth.SentCodeTypeSmsPhrase;
  return isSpoken && type.beginning ? { clue: type.beginning } : {};
}

/** The page is shown as a link, so it must be Fragment's own. */
function fragmentLink(text: string): Shown {
  const url = URL.parse(text);
  return url?.protocol === "https:" && url.host === "fragment.com" ? { link: url.href } : {};
}

const deliveries: Readonly<Record<string, CodeDelivery>> = {
  "auth.SentCodeTypeApp": "app",
  "auth.SentCodeTypeSms": "sms",
  "auth.SentCodeTypeFirebaseSms": "sms",
  "auth.SentCodeTypeSmsWord": "word",
  "auth.SentCodeTypeSmsPhrase": "phrase",
  "auth.SentCodeTypeCall": "call",
  "auth.SentCodeTypeFlashCall": "flash call",
  "auth.SentCodeTypeMissedCall": "missed call",
  "auth.SentCodeTypeEmailCode": "e-mail",
  "auth.SentCodeTypeFragmentSms": "fragment",
};
