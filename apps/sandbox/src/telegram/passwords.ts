import { randomBytes } from "node:crypto";
import type { TelegramPerson } from "./people.ts";
import { badRequest } from "./refusals.ts";
import {
  startSrpExchange,
  type SrpExchange,
  createSrpSalts,
  verifySrpProof,
  type SrpProof,
  type SrpSalts,
  computeVerifier,
} from "@patchbay/mtproto-server/srp";

interface StoredVerifier {
  readonly password: string;
  readonly salts: SrpSalts;
  readonly verifier: Promise<bigint>;
}

interface PasswordQuestion {
  readonly id: bigint;
  readonly password: string;
  readonly exchange: SrpExchange;
}

/** The questions for a password. A question takes one answer, and the next question replaces it. */
export interface Passwords {
  createQuestion(authKeyId: string, person: TelegramPerson & { password: string }): Promise<PasswordQuestion>;
  isAnswerRight(answer: { authKeyId: string; id: bigint; proof: SrpProof }, person: TelegramPerson): boolean;
  forget(authKeyId: string): void;
  clear(): void;
}

const createQuestionId = (): bigint => randomBytes(8).readBigInt64BE();

/** Creates an empty store of questions. */
export function createPasswords(): Passwords {
  const kept = new Map<string, StoredVerifier>();
  const questions = new Map<string, PasswordQuestion>();

  function keep(person: string, password: string): StoredVerifier {
    const known = kept.get(person);
    if (known?.password === password) return known;
    const salts = createSrpSalts();
    const fresh = { password, salts, verifier: computeVerifier(password, salts) };
    kept.set(person, fresh);
    return fresh;
  }

  return {
    createQuestion: async (authKeyId, { person, password }) => {
      const { salts, verifier } = keep(person, password);
      const question = { id: createQuestionId(), password, exchange: startSrpExchange(salts, await verifier) };
      questions.set(authKeyId, question);
      return question;
    },
    isAnswerRight: ({ authKeyId, id, proof }, { password }) => {
      const question = questions.get(authKeyId);
      if (question === undefined || question.id !== id) throw badRequest("SRP_ID_INVALID");
      questions.delete(authKeyId);
      if (question.password !== password) throw badRequest("SRP_PASSWORD_CHANGED");
      return verifySrpProof(question.exchange, proof);
    },
    forget: (authKeyId) => void questions.delete(authKeyId),
    clear: () => questions.clear(),
  };
}
