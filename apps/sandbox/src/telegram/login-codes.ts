import { type Clock, minutes } from "../clock.ts";
import { randomHex } from "../random.ts";
import { type CodeType, createCode } from "./code-types.ts";
import { badRequest, notAcceptable } from "./refusals.ts";

/** A login code that was sent. */
export interface LoginCode {
  readonly hash: string;
  readonly code: string;
  /** Digits only. */
  readonly phone: string;
  readonly authKeyId: string;
  readonly way: CodeType;
  readonly expiresAt: number;
  wrong: number;
}

/** A message with a login code, as a phone shows it. */
export interface LoginMessage {
  readonly phone: string;
  readonly code: string;
  readonly way: CodeType;
  readonly at: number;
}

/** What a client says about a code that was sent to it. */
export interface CodeClaim {
  readonly authKeyId: string;
  readonly phone: string;
  readonly hash: string;
}

/** The login codes that are not used yet. Each belongs to the key that asked for it. */
export interface LoginCodes {
  /** Sends a code, or the same code again if the key already has one for the number. */
  sendCode(wanted: Pick<LoginCode, "phone" | "authKeyId" | "way">): LoginCode;
  resendCode(claim: CodeClaim): LoginCode;
  cancelCode(claim: CodeClaim): void;
  /** Uses up a right code. Throws if it is wrong. */
  redeemCode(claim: CodeClaim, given: string): void;
  /** Lists what arrived at a number, newest first. */
  listMessages(phone: string): readonly LoginMessage[];
  forget(authKeyId: string): void;
  clear(): void;
}

const codeLifetimeMs = minutes(5);
const maxMessages = 20;

/** Creates an empty store of login codes. */
export function createLoginCodes(clock: Clock, attempts: () => number): LoginCodes {
  const codes = new Map<string, LoginCode>();
  let messages: LoginMessage[] = [];

  const isLive = (code: LoginCode): boolean => code.expiresAt > clock.now() && code.wrong < attempts();

  function issue(wanted: Pick<LoginCode, "phone" | "authKeyId" | "way">): LoginCode {
    const code = {
      ...wanted,
      hash: randomHex(9),
      code: createCode(wanted.way),
      expiresAt: clock.now() + codeLifetimeMs,
      wrong: 0,
    };
    codes.set(code.hash, code);
    const { phone, way } = wanted;
    messages = [{ phone, way, code: code.code, at: clock.now() }, ...messages].slice(0, maxMessages * 10);
    return code;
  }

  function claimed({ authKeyId, phone, hash }: CodeClaim): LoginCode {
    if (hash === "") throw badRequest("PHONE_CODE_HASH_EMPTY");
    const code = codes.get(hash);
    const own = code?.authKeyId === authKeyId && code.phone === phone;
    if (code === undefined || !own || !isLive(code)) throw badRequest("PHONE_CODE_EXPIRED");
    return code;
  }

  function resend(claim: CodeClaim): LoginCode {
    const code = claimed(claim);
    if (code.way === "sms") throw notAcceptable("SEND_CODE_UNAVAILABLE");
    codes.delete(code.hash);
    return issue({ phone: code.phone, authKeyId: code.authKeyId, way: "sms" });
  }

  function redeem(claim: CodeClaim, given: string): void {
    const code = claimed(claim);
    if (given === "") throw badRequest("PHONE_CODE_EMPTY");
    if (given !== code.code) {
      code.wrong += 1;
      throw badRequest("PHONE_CODE_INVALID");
    }
    codes.delete(code.hash);
  }

  return {
    sendCode: (wanted) =>
      [...codes.values()].find(
        (code) => code.authKeyId === wanted.authKeyId && code.phone === wanted.phone && isLive(code),
      ) ?? issue(wanted),
    resendCode: resend,
    redeemCode: redeem,
    cancelCode: (claim) => void codes.delete(claimed(claim).hash),
    listMessages: (phone) => messages.filter((message) => message.phone === phone).slice(0, maxMessages),
    forget: (authKeyId) => {
      for (const code of codes.values()) if (code.authKeyId === authKeyId) codes.delete(code.hash);
    },
    clear: () => {
      codes.clear();
      messages = [];
    },
  };
}
