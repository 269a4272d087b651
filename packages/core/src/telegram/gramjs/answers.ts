import type { Api } from "telegram";
import { type Admission, type Delivery, type Person, Refusal, type SentCode } from "../gateway.ts";
import type { Library } from "./library.ts";

/** Who was let in. */
export function readAuthorization({ Api }: Library, authorization: Api.auth.TypeAuthorization): Admission {
  if (authorization instanceof Api.auth.AuthorizationSignUpRequired) throw new Refusal("PHONE_NUMBER_UNOCCUPIED");
  const { user } = authorization;
  return { type: "in", ...(user instanceof Api.User && { person: readUser(user) }) };
}

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

export function readSent(library: Library, sent: Api.auth.TypeSentCode): SentCode | Admission {
  const { auth } = library.Api;
  if (sent instanceof auth.SentCodeSuccess) return readAuthorization(library, sent.authorization);
  const { type, phoneCodeHash, nextType } = sent;
  if (type instanceof auth.SentCodeTypeSetUpEmailRequired) throw new Refusal("EMAIL_SETUP_REQUIRED");
  return {
    type: "sent",
    hash: phoneCodeHash,
    delivery: deliveries[type.className] ?? "other",
    ...("length" in type && { length: type.length }),
    ...(type instanceof auth.SentCodeTypeEmailCode && { address: type.emailPattern }),
    another: Boolean(nextType),
  };
}

const deliveries: Readonly<Record<string, Delivery>> = {
  "auth.SentCodeTypeApp": "app",
  "auth.SentCodeTypeSms": "sms",
  "auth.SentCodeTypeFirebaseSms": "sms",
  "auth.SentCodeTypeSmsWord": "word",
  "auth.SentCodeTypeSmsPhrase": "phrase",
  "auth.SentCodeTypeCall": "call",
  "auth.SentCodeTypeMissedCall": "missed call",
  "auth.SentCodeTypeEmailCode": "e-mail",
  "auth.SentCodeTypeFragmentSms": "fragment",
};
