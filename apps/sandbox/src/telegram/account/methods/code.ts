import type { RpcCaller, TlObject } from "../../rpc.ts";
import type { Methods, Registry } from "../accounts.ts";
import { admit } from "../admission.ts";
import { checkApp } from "../app.ts";
import { type CodeType, codeLength, sentCodeType } from "../code-types.ts";
import type { Claim, LoginCode } from "../codes.ts";
import { listOf, objectOf, textOf } from "../fields.ts";
import { byPhone, digits, type TelegramPerson } from "../people.ts";
import { badRequest, migrate } from "../refusals.ts";

/** Logging in with the code that arrives at a number: https://core.telegram.org/api/auth */
export function codeMethods(registry: Registry): Methods {
  const { codes } = registry;
  return {
    "auth.sendCode": (call, caller) => {
      checkApp(registry, call, caller);
      const person = owner(registry, call, caller);
      if (isRemembered(registry, call, person)) {
        return { _: "auth.sentCodeSuccess", authorization: admit(registry, { caller, person: person.person }) };
      }
      count(registry, person);
      const way = codeTypeFor(registry, person);
      return sentShape(registry, codes.send({ phone: digits(person.phone), authKeyId: caller.authKeyId, way }));
    },
    "auth.resendCode": (call, caller) => {
      const person = owner(registry, call, caller);
      count(registry, person);
      return sentShape(registry, codes.resend(claimOf(call, caller)));
    },
    "auth.cancelCode": (call, caller) => {
      owner(registry, call, caller);
      codes.cancel(claimOf(call, caller));
      return true;
    },
    "auth.signIn": (call, caller) => {
      const person = owner(registry, call, caller);
      codes.redeem(claimOf(call, caller), codeIn(registry, call));
      if (!person.registered) return { _: "auth.authorizationSignUpRequired" };
      return admit(registry, { caller, person: person.person });
    },
    // As towards every app that is not Telegram's own.
    "auth.signUp": () => {
      throw badRequest("PHONE_NUMBER_APP_SIGNUP_FORBIDDEN");
    },
  };
}

/** Whose number it is; each must be spoken of at the data centre where they live. */
function owner({ people }: Registry, call: TlObject, { dc }: RpcCaller): TelegramPerson {
  const person = byPhone(people, textOf(call, "phoneNumber"));
  if (person === undefined) throw badRequest("PHONE_NUMBER_INVALID");
  if (person.dc !== dc) throw migrate("PHONE", person.dc);
  if (person.banned) throw badRequest("PHONE_NUMBER_BANNED");
  return person;
}

function count({ floods, switches }: Registry, { person }: TelegramPerson): void {
  const subject = `codes of ${person}`;
  floods.check(subject, switches.current().codesPerPhone);
  floods.count(subject);
}

const claimOf = (call: TlObject, { authKeyId }: RpcCaller): Claim => ({
  authKeyId,
  phone: digits(textOf(call, "phoneNumber")),
  hash: textOf(call, "phoneCodeHash"),
});

/** A client that was logged out here may bring the token that it got then: it needs no code. */
function isRemembered({ futureTokens }: Registry, call: TlObject, { person }: TelegramPerson): boolean {
  const brought = listOf(objectOf(call, "settings"), "logoutTokens");
  return brought.some((token) => token instanceof Uint8Array && futureTokens.redeem(Buffer.from(token), person));
}

function codeTypeFor({ switches }: Registry, { registered }: TelegramPerson): CodeType {
  return switches.current().codeType ?? (registered ? "app" : "sms");
}

/** What the person typed. A code that came by e-mail is proved as such. */
function codeIn({ switches }: Registry, call: TlObject): string {
  const byEmail = switches.current().codeType === "email";
  return byEmail ? textOf(objectOf(call, "emailVerification"), "code") : textOf(call, "phoneCode");
}

function sentShape({ switches }: Registry, { hash, way, code }: LoginCode): TlObject {
  const { announcedLength, resendAfter } = switches.current();
  const hasNext = way !== "sms" && way !== "email setup";
  return {
    _: "auth.sentCode",
    type: sentCodeType({ type: way, code, length: announcedLength ?? codeLength }),
    phoneCodeHash: hash,
    ...(hasNext && { nextType: { _: "auth.codeTypeSms" } }),
    ...(hasNext && resendAfter !== undefined && { timeout: resendAfter }),
  };
}
