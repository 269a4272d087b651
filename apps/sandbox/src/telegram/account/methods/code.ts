import type { RpcCaller, TlObject } from "../../rpc.ts";
import type { Methods, Registry } from "../accounts.ts";
import { admit } from "../admission.ts";
import { checkApp } from "../app.ts";
import { type Claim, codeLength, type LoginCode } from "../codes.ts";
import { textOf } from "../fields.ts";
import { byPhone, digits, type TelegramPerson } from "../people.ts";
import { badRequest, migrate } from "../refusals.ts";

/** Logging in with the code that arrives at a number: https://core.telegram.org/api/auth */
export function codeMethods(registry: Registry): Methods {
  const { codes } = registry;
  return {
    "auth.sendCode": (call, caller) => {
      checkApp(call);
      const person = owner(registry, call, caller);
      count(registry, person);
      const way = person.registered ? "app" : "sms";
      return sentShape(codes.send({ phone: digits(person.phone), authKeyId: caller.authKeyId, way }));
    },
    "auth.resendCode": (call, caller) => {
      const person = owner(registry, call, caller);
      count(registry, person);
      return sentShape(codes.resend(claimOf(call, caller)));
    },
    "auth.cancelCode": (call, caller) => {
      owner(registry, call, caller);
      codes.cancel(claimOf(call, caller));
      return true;
    },
    "auth.signIn": (call, caller) => {
      const person = owner(registry, call, caller);
      codes.redeem(claimOf(call, caller), textOf(call, "phoneCode"));
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

const sentShape = ({ hash, way }: LoginCode): TlObject => ({
  _: "auth.sentCode",
  type: { _: way === "app" ? "auth.sentCodeTypeApp" : "auth.sentCodeTypeSms", length: codeLength },
  phoneCodeHash: hash,
  ...(way === "app" && { nextType: { _: "auth.codeTypeSms" } }),
});
