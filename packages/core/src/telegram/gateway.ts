/** How Telegram brought a login code to the user. `other`: in a way this version does not know. */
export type CodeDelivery =
  | "app"
  | "sms"
  | "word"
  | "phrase"
  | "call"
  | "flash call"
  | "missed call"
  | "e-mail"
  | "fragment"
  | "other";

/** A login that waits for its code. The code belongs to the key in `session`: another key makes it worthless. */
export interface PendingLogin {
  session: string;
  phone: string;
  hash: string;
  delivery: CodeDelivery;
}

/** A login code that Telegram has sent. */
export interface SentCode {
  type: "sent";
  hash: string;
  delivery: CodeDelivery;
  /** How many characters it has. Absent: Telegram does not say. */
  length?: number;
  /**
   * What Telegram shows of it: the e-mail address with stars in it, how the word or phrase begins, the number that calls
   * with stars in it.
   */
  clue?: string;
  /** The page where the code is. */
  link?: string;
  /** Whether there is another way to deliver it, and from when on. */
  another: boolean;
  anotherAt?: Date;
}

/** A Telegram user, as far as a connection shows one. */
export interface Person {
  id: string;
  firstName?: string;
  lastName?: string;
  username?: string;
  phone?: string;
}

/** The result of a login step: authorized (`person` is absent if Telegram did not say who), or the account's password is needed. */
export type AuthResult = { type: "authorized"; person?: Person } | { type: "password"; hint?: string };

/** A token that a phone which is logged in may accept, shown to it as a QR code. */
export interface LoginToken {
  type: "token";
  token: Buffer;
  until: Date;
}

/** How to wait until a QR code is scanned. */
export interface ScanWait {
  /** The token that the user sees. */
  shown: Buffer;
  waitMs: number;
  /** Ends the wait early. */
  signal?: AbortSignal;
}

/** A result, with the session after the call: the data centre, and with it the key, may have changed. */
export type WithSession<T> = T & { session: string };

/**
 * Logs in to Telegram and out, one step in each call. A call needs only a saved session, so that any process may make the
 * next one, and closes its connection. A session must not be used twice at the same time.
 *
 * Throws `Refusal` for what Telegram refuses, and `ConnectError` where it cannot be reached or understood.
 */
export interface Gateway {
  sendCode(phone: string): Promise<WithSession<SentCode | AuthResult>>;
  /** Sends the code again in the next way. It may become another login: keep the hash. */
  resendCode(login: PendingLogin): Promise<WithSession<SentCode | AuthResult>>;
  cancelCode(login: PendingLogin): Promise<void>;
  submitCode(login: PendingLogin, code: string): Promise<WithSession<AuthResult>>;
  checkPassword(session: string, password: string): Promise<WithSession<AuthResult>>;
  /** Exports a login token, or says that it was accepted. Without a session it begins a new one. */
  exportToken(session?: string): Promise<WithSession<LoginToken | AuthResult>>;
  /**
   * Exports login tokens on one connection for up to `waitMs` milliseconds. It ends as soon as the token differs from the one
   * that is shown, or was accepted.
   */
  awaitScan(session: string, wait: ScanWait): Promise<WithSession<LoginToken | AuthResult>>;
  /** Who a session belongs to. Undefined: it is not logged in. */
  whoAmI(session: string): Promise<Person | undefined>;
  logOut(session: string): Promise<void>;
}

type RefusalDetails = {
  /** Seconds to wait. */
  seconds?: number;
  /** Telegram's number for the kind of error. From 500 on, the error is Telegram's own. */
  status?: number;
  cause?: unknown;
};

/** What Telegram refused, by its own name for the reason: https://core.telegram.org/api/errors */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: string;
  readonly seconds: number | undefined;
  readonly status: number | undefined;

  constructor(reason: string, { seconds, status, cause }: RefusalDetails = {}) {
    super(`Telegram refused: ${reason}`, { cause });
    this.reason = reason;
    this.seconds = seconds;
    this.status = status;
  }
}

/** Whether a failure is Telegram's refusal for one of these reasons. */
export function isRefusal(failure: unknown, ...reasons: readonly string[]): failure is Refusal {
  return failure instanceof Refusal && reasons.includes(failure.reason);
}
