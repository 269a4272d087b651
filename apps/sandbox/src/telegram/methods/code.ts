import type { RpcCaller, TlObject } from "@patchbay/mtproto-server";
import type { ApiMethods, TelegramState } from "../state.ts";
import { logIn } from "../log-in.ts";
import { requireRegisteredApp } from "../registered-app.ts";
import { type CodeType, codeLength, buildSentCodeType } from "../code-types.ts";
import type { CodeClaim, LoginCode } from "../login-codes.ts";
import { readList, readObject, readText } from "../fields.ts";
import { findByPhone, normalizePhone, type TelegramPerson } from "../people.ts";
import { badRequest, migrate } from "../refusals.ts";

/** Methods for a login with a code: https://core.telegram.org/api/auth */
export function codeMethods(state: TelegramState): ApiMethods {
  const { codes } = state;
  return {
    "auth.sendCode": (call, caller) => {
      requireRegisteredApp(state, call, caller);
      const person = requireOwner(state, call, caller);
      if (isRemembered(state, call, person)) {
        return { _: "auth.sentCodeSuccess", authorization: logIn(state, { caller, person: person.person }) };
      }
      countCode(state, person);
      const way = chooseCodeType(state, person);
      return buildSentCode(
        state,
        codes.sendCode({ phone: normalizePhone(person.phone), authKeyId: caller.authKeyId, way }),
      );
    },
    "auth.resendCode": (call, caller) => {
      const person = requireOwner(state, call, caller);
      countCode(state, person);
      return buildSentCode(state, codes.resendCode(readClaim(call, caller)));
    },
    "auth.cancelCode": (call, caller) => {
      requireOwner(state, call, caller);
      codes.cancelCode(readClaim(call, caller));
      return true;
    },
    "auth.signIn": (call, caller) => {
      const person = requireOwner(state, call, caller);
      codes.redeemCode(readClaim(call, caller), readCode(state, call));
      if (!person.registered) return { _: "auth.authorizationSignUpRequired" };
      return logIn(state, { caller, person: person.person });
    },
    // Telegram answers so to every app that is not its own.
    "auth.signUp": () => {
      throw badRequest("PHONE_NUMBER_APP_SIGNUP_FORBIDDEN");
    },
  };
}

/** Returns the person of a number. A client must ask the data centre where the account lives. */
function requireOwner({ people }: TelegramState, call: TlObject, { dc }: RpcCaller): TelegramPerson {
  const person = findByPhone(people, readText(call, "phoneNumber"));
  if (person === undefined) throw badRequest("PHONE_NUMBER_INVALID");
  if (person.dc !== dc) throw migrate("PHONE", person.dc);
  if (person.banned) throw badRequest("PHONE_NUMBER_BANNED");
  return person;
}

function countCode({ rateLimits, switches }: TelegramState, { person }: TelegramPerson): void {
  const subject = `codes of ${person}`;
  rateLimits.requireBelow(subject, switches.current().codesPerPhone);
  rateLimits.countUse(subject);
}

const readClaim = (call: TlObject, { authKeyId }: RpcCaller): CodeClaim => ({
  authKeyId,
  phone: normalizePhone(readText(call, "phoneNumber")),
  hash: readText(call, "phoneCodeHash"),
});

/** A client that was logged out here can log in without a code, with the token that it got then. */
function isRemembered({ futureTokens }: TelegramState, call: TlObject, { person }: TelegramPerson): boolean {
  const brought = readList(readObject(call, "settings"), "logoutTokens");
  return brought.some((token) => token instanceof Uint8Array && futureTokens.redeemToken(Buffer.from(token), person));
}

function chooseCodeType({ switches }: TelegramState, { registered }: TelegramPerson): CodeType {
  return switches.current().codeType ?? (registered ? "app" : "sms");
}

/** Reads the code that the person typed. A code by e-mail has a field of its own. */
function readCode({ switches }: TelegramState, call: TlObject): string {
  const byEmail = switches.current().codeType === "email";
  return byEmail ? readText(readObject(call, "emailVerification"), "code") : readText(call, "phoneCode");
}

function buildSentCode({ switches }: TelegramState, { hash, way, code }: LoginCode): TlObject {
  const { announcedLength, resendAfter } = switches.current();
  const hasNext = way !== "sms" && way !== "email setup";
  return {
    _: "auth.sentCode",
    type: buildSentCodeType({ type: way, code, length: announcedLength ?? codeLength }),
    phoneCodeHash: hash,
    ...(hasNext && { nextType: { _: "auth.codeTypeSms" } }),
    ...(hasNext && resendAfter !== undefined && { timeout: resendAfter }),
  };
}
