import { randomBytes } from "node:crypto";
import { toBytes } from "../../mtproto/bytes.ts";
import { dhPrime, generator } from "../../mtproto/dh.ts";
import type { RpcCaller, TlObject } from "../../rpc.ts";
import type { Methods, Registry } from "../accounts.ts";
import { bytesOf, longOf, objectOf } from "../fields.ts";
import type { TelegramPerson } from "../people.ts";
import { badRequest, unauthorized } from "../refusals.ts";
import { authorizationShape } from "../shapes.ts";
import type { Salts } from "../srp.ts";

/** The second step of a login: https://core.telegram.org/api/srp */
export function passwordMethods(registry: Registry): Methods {
  return {
    "account.getPassword": async (_call, caller) => {
      const person = whose(registry, caller);
      const { password } = person;
      if (password === undefined) return passwordShape({});
      const { id, exchange } = await registry.passwords.ask(caller.authKeyId, { ...person, password });
      const asked = {
        hasPassword: true,
        currentAlgo: algorithm(exchange.salts),
        srpId: id,
        srpB: exchange.publicValue,
      };
      return passwordShape({ ...asked, ...(person.passwordHint !== undefined && { hint: person.passwordHint }) });
    },
    "auth.checkPassword": (call, caller) => {
      const waiting = registry.logins.awaited(caller.authKeyId);
      if (waiting === undefined) throw unauthorized("AUTH_KEY_UNREGISTERED");
      const person = registry.people.behind(waiting);
      check(registry, { person, caller, answer: objectOf(call, "password") });
      registry.logins.open({ ...waiting, caller });
      return authorizationShape(person);
    },
  };
}

/** Asked by whoever is logged in, or is kept waiting for the password. */
function whose({ logins, people }: Registry, caller: RpcCaller): TelegramPerson {
  return people.behind(logins.awaited(caller.authKeyId) ?? logins.require(caller));
}

interface Attempt {
  readonly person: TelegramPerson;
  readonly caller: RpcCaller;
  readonly answer: TlObject;
}

function check({ passwords, floods, switches }: Registry, { person, caller, answer }: Attempt): void {
  if (answer._ !== "inputCheckPasswordSRP") throw badRequest("PASSWORD_HASH_INVALID");
  const subject = `passwords of ${person.person}`;
  floods.check(subject, switches.current().passwordAttempts);
  const proof = { a: bytesOf(answer, "A"), m1: bytesOf(answer, "M1") };
  if (passwords.isRight({ authKeyId: caller.authKeyId, id: longOf(answer, "srpId"), proof }, person)) return;
  floods.count(subject);
  throw badRequest("PASSWORD_HASH_INVALID");
}

const algorithm = ({ salt1, salt2 }: Salts): TlObject => ({
  _: "passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow",
  salt1,
  salt2,
  g: Number(generator),
  p: toBytes(dhPrime),
});

/** The algorithms for a new password come with every answer. */
const passwordShape = (fields: object): TlObject => ({
  _: "account.password",
  ...fields,
  newAlgo: algorithm({ salt1: randomBytes(8), salt2: randomBytes(16) }),
  newSecureAlgo: { _: "securePasswordKdfAlgoPBKDF2HMACSHA512iter100000", salt: randomBytes(8) },
  secureRandom: randomBytes(256),
});
