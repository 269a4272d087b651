import { randomBytes } from "node:crypto";
import type { TelegramPerson } from "./people.ts";
import { badRequest } from "./refusals.ts";
import { beginExchange, type Exchange, freshSalts, isProven, type Proof, type Salts, verifierOf } from "./srp.ts";

interface Kept {
  readonly password: string;
  readonly salts: Salts;
  readonly verifier: Promise<bigint>;
}

interface Question {
  readonly id: bigint;
  readonly password: string;
  readonly exchange: Exchange;
}

/** The passwords that were asked for. A question is good for one answer, and the next one replaces it. */
export interface Passwords {
  ask(authKeyId: string, person: TelegramPerson & { password: string }): Promise<Question>;
  isRight(answer: { authKeyId: string; id: bigint; proof: Proof }, person: TelegramPerson): boolean;
  forget(authKeyId: string): void;
  clear(): void;
}

const questionId = (): bigint => randomBytes(8).readBigInt64BE();

export function createPasswords(): Passwords {
  const kept = new Map<string, Kept>();
  const questions = new Map<string, Question>();

  function keep(person: string, password: string): Kept {
    const known = kept.get(person);
    if (known?.password === password) return known;
    const salts = freshSalts();
    const fresh = { password, salts, verifier: verifierOf(password, salts) };
    kept.set(person, fresh);
    return fresh;
  }

  return {
    ask: async (authKeyId, { person, password }) => {
      const { salts, verifier } = keep(person, password);
      const question = { id: questionId(), password, exchange: beginExchange(salts, await verifier) };
      questions.set(authKeyId, question);
      return question;
    },
    isRight: ({ authKeyId, id, proof }, { password }) => {
      const question = questions.get(authKeyId);
      if (question === undefined || question.id !== id) throw badRequest("SRP_ID_INVALID");
      questions.delete(authKeyId);
      if (question.password !== password) throw badRequest("SRP_PASSWORD_CHANGED");
      return isProven(question.exchange, proof);
    },
    forget: (authKeyId) => void questions.delete(authKeyId),
    clear: () => questions.clear(),
  };
}
