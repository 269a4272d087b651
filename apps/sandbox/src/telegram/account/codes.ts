import { type Clock, minutes } from "../../clock.ts";
import { hex } from "../../mint.ts";
import { type CodeType, mintCode } from "./code-types.ts";
import { badRequest, notAcceptable } from "./refusals.ts";

export interface LoginCode {
  readonly hash: string;
  readonly code: string;
  /** Digits alone. */
  readonly phone: string;
  readonly authKeyId: string;
  readonly way: CodeType;
  readonly expiresAt: number;
  wrong: number;
}

export interface Message {
  readonly phone: string;
  readonly code: string;
  readonly way: CodeType;
  readonly at: number;
}

/** What a client says of a code that it was sent. */
export interface Claim {
  readonly authKeyId: string;
  readonly phone: string;
  readonly hash: string;
}

/** The login codes that are under way. Each belongs to the key that asked for it. */
export interface Codes {
  /** The same code again, if that key already has one for that number. */
  send(wanted: Pick<LoginCode, "phone" | "authKeyId" | "way">): LoginCode;
  resend(claim: Claim): LoginCode;
  cancel(claim: Claim): void;
  /** Spends it, if it is right. */
  redeem(claim: Claim, given: string): void;
  /** What arrived at a number, newest first. */
  messages(phone: string): readonly Message[];
  forget(authKeyId: string): void;
  clear(): void;
}

const lifetime = minutes(5);
const kept = 20;

export function createCodes(clock: Clock, attempts: () => number): Codes {
  const codes = new Map<string, LoginCode>();
  let messages: Message[] = [];

  const isLive = (code: LoginCode): boolean => code.expiresAt > clock.now() && code.wrong < attempts();

  function issue(wanted: Pick<LoginCode, "phone" | "authKeyId" | "way">): LoginCode {
    const code = { ...wanted, hash: hex(9), code: mintCode(wanted.way), expiresAt: clock.now() + lifetime, wrong: 0 };
    codes.set(code.hash, code);
    const { phone, way } = wanted;
    messages = [{ phone, way, code: code.code, at: clock.now() }, ...messages].slice(0, kept * 10);
    return code;
  }

  function claimed({ authKeyId, phone, hash }: Claim): LoginCode {
    if (hash === "") throw badRequest("PHONE_CODE_HASH_EMPTY");
    const code = codes.get(hash);
    const own = code?.authKeyId === authKeyId && code.phone === phone;
    if (code === undefined || !own || !isLive(code)) throw badRequest("PHONE_CODE_EXPIRED");
    return code;
  }

  function resend(claim: Claim): LoginCode {
    const code = claimed(claim);
    if (code.way === "sms") throw notAcceptable("SEND_CODE_UNAVAILABLE");
    codes.delete(code.hash);
    return issue({ phone: code.phone, authKeyId: code.authKeyId, way: "sms" });
  }

  function redeem(claim: Claim, given: string): void {
    const code = claimed(claim);
    if (given === "") throw badRequest("PHONE_CODE_EMPTY");
    if (given !== code.code) {
      code.wrong += 1;
      throw badRequest("PHONE_CODE_INVALID");
    }
    codes.delete(code.hash);
  }

  return {
    send: (wanted) =>
      [...codes.values()].find(
        (code) => code.authKeyId === wanted.authKeyId && code.phone === wanted.phone && isLive(code),
      ) ?? issue(wanted),
    resend,
    redeem,
    cancel: (claim) => void codes.delete(claimed(claim).hash),
    messages: (phone) => messages.filter((message) => message.phone === phone).slice(0, kept),
    forget: (authKeyId) => {
      for (const code of codes.values()) if (code.authKeyId === authKeyId) codes.delete(code.hash);
    },
    clear: () => {
      codes.clear();
      messages = [];
    },
  };
}
