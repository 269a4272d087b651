import { randomBytes } from "node:crypto";
import type { RpcCaller, TlObject } from "@patchbay/mtproto-server";
import type { ApiMethods, TelegramState } from "../state.ts";
import { readBytes, readLong, readObject } from "../fields.ts";
import type { TelegramPerson } from "../people.ts";
import { badRequest, unauthorized } from "../refusals.ts";
import { buildTlAuthorization } from "../tl-objects.ts";
import { type SrpSalts, srpGroup } from "@patchbay/mtproto-server/srp";

/** Methods for the second step of a login: https://core.telegram.org/api/srp */
export function passwordMethods(state: TelegramState): ApiMethods {
  return {
    "account.getPassword": async (_call, caller) => {
      const person = getAskedPerson(state, caller);
      const { password } = person;
      if (password === undefined) return buildPassword({});
      const { id, exchange } = await state.passwords.createQuestion(caller.authKeyId, { ...person, password });
      const asked = {
        hasPassword: true,
        currentAlgo: buildAlgorithm(exchange.salts),
        srpId: id,
        srpB: exchange.publicValue,
      };
      return buildPassword({ ...asked, ...(person.passwordHint !== undefined && { hint: person.passwordHint }) });
    },
    "auth.checkPassword": (call, caller) => {
      const waiting = state.logins.findAwaiting(caller.authKeyId);
      if (waiting === undefined) throw unauthorized("AUTH_KEY_UNREGISTERED");
      const person = state.people.getPerson(waiting);
      requireRightPassword(state, { person, caller, answer: readObject(call, "password") });
      state.logins.createLogin({ ...waiting, caller });
      return buildTlAuthorization(person);
    },
  };
}

/** Returns the person who is logged in, or whose password is awaited. */
function getAskedPerson({ logins, people }: TelegramState, caller: RpcCaller): TelegramPerson {
  return people.getPerson(logins.findAwaiting(caller.authKeyId) ?? logins.requireLogin(caller));
}

interface PasswordAttempt {
  readonly person: TelegramPerson;
  readonly caller: RpcCaller;
  readonly answer: TlObject;
}

function requireRightPassword(
  { passwords, rateLimits, switches }: TelegramState,
  { person, caller, answer }: PasswordAttempt,
): void {
  if (answer._ !== "inputCheckPasswordSRP") throw badRequest("PASSWORD_HASH_INVALID");
  const subject = `passwords of ${person.person}`;
  rateLimits.requireBelow(subject, switches.current().passwordAttempts);
  const proof = { a: readBytes(answer, "A"), m1: readBytes(answer, "M1") };
  if (passwords.isAnswerRight({ authKeyId: caller.authKeyId, id: readLong(answer, "srpId"), proof }, person)) return;
  rateLimits.countUse(subject);
  throw badRequest("PASSWORD_HASH_INVALID");
}

const buildAlgorithm = ({ salt1, salt2 }: SrpSalts): TlObject => ({
  _: "passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow",
  salt1,
  salt2,
  ...srpGroup,
});

/** Every answer includes the algorithms for a new password. */
const buildPassword = (fields: object): TlObject => ({
  _: "account.password",
  ...fields,
  newAlgo: buildAlgorithm({ salt1: randomBytes(8), salt2: randomBytes(16) }),
  newSecureAlgo: { _: "securePasswordKdfAlgoPBKDF2HMACSHA512iter100000", salt: randomBytes(8) },
  secureRandom: randomBytes(256),
});
