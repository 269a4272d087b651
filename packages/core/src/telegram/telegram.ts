import { asConnectError, ConnectError } from "../errors.ts";
import type {
  FormValues,
  Credentials,
  Permission,
  ProviderState,
  Provider,
  Revocation,
  Step,
  FlowContext,
} from "../provider.ts";
import { toAccount } from "./account.ts";
import {
  type AuthResult,
  type WithSession,
  type Gateway,
  isRefusal,
  type LoginToken,
  type SentCode,
} from "./gateway.ts";
import {
  type CodeState,
  buildLoginState,
  type LoginState,
  type PasswordState,
  parseLoginState,
  type ScanState,
} from "./login-state.ts";
import { codeQuestion, passwordQuestion, phoneQuestion } from "./questions.ts";
import { toConnectError, isSessionDead, isSessionGone, wantsRestart } from "./refusals.ts";
import { parseTypedCode } from "./typed-code.ts";

/** What is known of Telegram without an app that is registered there. */
export const aboutTelegram = {
  id: "telegram",
  name: "Telegram",
  methods: ["ask", "scan"],
  fields: [phoneQuestion],
  // A session used in two places at once is ended by Telegram (AUTH_KEY_DUPLICATED).
  exclusiveLease: true,
} as const satisfies Partial<Provider>;

/** A session can do whatever the user's own app can. */
export const telegramPermissions: readonly Permission[] = [
  {
    scope: "full_access",
    words:
      "Full access to your Telegram account: read all your messages, send and delete messages in your name, and see your contacts and groups",
  },
];

/**
 * A Telegram user's account: https://core.telegram.org/api/auth. By phone: a code and, where the account has one, a
 * password. By QR code: a scan, and the same password.
 */
export function telegram({ apiId }: { apiId: number; apiHash: string }, gateway: Gateway): Provider {
  return {
    ...aboutTelegram,
    grants: "many",
    client: { id: String(apiId), mode: "live" },
    redirectUri: "",
    // The settings of every Telegram client list the account's sessions.
    manageUrl: () => "https://web.telegram.org/",
    codeRecipient: findPhone,
    begin: (_context, values) => translateRefusals(beginLogin(gateway, values)),
    resume: (context, state, values) => translateRefusals(resumeLogin(gateway, state, { values, context })),
    abandon: (_context, state) => abandonLogin(gateway, state),
    revoke: (credentials) => translateRefusals(revokeSession(gateway, credentials)),
    probe: (credentials) => translateRefusals(probeSession(gateway, credentials)),
    buildPayload: ({ metadata }) => ({ type: "telegram_session", session: metadata["session"] ?? "" }),
  };
}

async function translateRefusals<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (failure) {
    throw toConnectError(failure);
  }
}

async function beginLogin(gateway: Gateway, values: FormValues): Promise<Step> {
  const phone = await findPhone(values);
  if (phone === undefined) return scanStep(await gateway.exportToken());
  return sentStep(await gateway.sendCode(phone), phone);
}

/** Finds the phone number that a code goes to. */
async function findPhone({ phone }: FormValues): Promise<string | undefined> {
  if (phone === undefined) return undefined;
  // Loaded on demand: the numbering plans are large, and only Telegram needs them.
  const { parsePhone } = await import("./phone.ts");
  return parsePhone(phone);
}

type StepInput = { values: FormValues; context: FlowContext };

async function resumeLogin(gateway: Gateway, state: ProviderState, input: StepInput): Promise<Step> {
  try {
    return await takeStep(gateway, parseLoginState(state), input);
  } catch (failure) {
    if (!wantsRestart(failure)) throw failure;
    const evidence = { cause: failure, reason: "restart_required" };
    throw new ConnectError("attempt_unknown", "Telegram wants the login to begin anew", evidence);
  }
}

async function takeStep(gateway: Gateway, state: LoginState, { values, context }: StepInput): Promise<Step> {
  switch (state.step) {
    case "code":
      return "again" in values
        ? sentStep(await gateway.resendCode(state), state.phone)
        : await tryCode(gateway, state, getRequired(values, "code"));
    case "password":
      return await tryPassword(gateway, state, getRequired(values, "password"));
    case "scan":
      return scanStep(await lookForScan(gateway, state, context));
  }
}

async function tryCode(gateway: Gateway, state: CodeState, text: string): Promise<Step> {
  const wrong = { ...codeStep(state), rejected: "code_rejected" } as const;
  const code = parseTypedCode(state, text);
  if (code === undefined) throw new ConnectError("invalid_request", "no code in this answer", { field: "code" });
  try {
    return authorizedStep(await gateway.submitCode(state, code), state.phone);
  } catch (failure) {
    if (isRefusal(failure, "PHONE_CODE_INVALID", "PHONE_CODE_EMPTY", "CODE_INVALID")) return wrong;
    if (isRefusal(failure, "PHONE_CODE_EXPIRED") || isSessionDead(failure))
      return await resumeIfAuthorized(gateway, state, failure);
    throw failure;
  }
}

async function lookForScan(gateway: Gateway, { session, token }: ScanState, { wait }: FlowContext) {
  if (wait === undefined) return await gateway.exportToken(session);
  const { ms: waitMs, ...rest } = wait;
  return await gateway.awaitScan(session, { shown: Buffer.from(token, "base64url"), waitMs, ...rest });
}

async function tryPassword(gateway: Gateway, state: PasswordState, password: string): Promise<Step> {
  const again = passwordStep(state);
  if (password === "") throw new ConnectError("invalid_request", "an empty password", { field: "password" });
  try {
    return authorizedStep(await gateway.checkPassword(state.session, password), state.subject);
  } catch (failure) {
    if (isRefusal(failure, "PASSWORD_HASH_INVALID")) return { ...again, rejected: "password_rejected" };
    // The parameters of the proof were used up or have changed: the password may still be right.
    if (isRefusal(failure, "SRP_ID_INVALID", "SRP_PASSWORD_CHANGED")) return again;
    if (isSessionDead(failure)) return await resumeIfAuthorized(gateway, state, failure);
    throw failure;
  }
}

/** Telegram may have authorized the session before, and its answer may have been lost. Gives the failure again if it did not. */
async function resumeIfAuthorized(gateway: Gateway, { session }: { session: string }, failure: unknown): Promise<Step> {
  const person = await gateway.whoAmI(session).catch(() => undefined);
  if (person === undefined) throw failure;
  return connectedStep({ type: "authorized", session, person });
}

function sentStep(sent: WithSession<SentCode | AuthResult>, phone: string): Step {
  if (sent.type !== "sent") return authorizedStep(sent, phone);
  const { hash, delivery, session, clue, link, anotherAt } = sent;
  return codeStep({
    step: "code",
    session,
    phone,
    hash,
    delivery,
    clue,
    link,
    length: sent.length?.toString(),
    another: sent.another ? "yes" : "no",
    anotherAt: anotherAt?.toISOString(),
  });
}

function codeStep(state: CodeState): Step & { type: "ask" } {
  return { type: "ask", question: codeQuestion(state), subject: state.phone, providerState: buildLoginState(state) };
}

function passwordStep(state: PasswordState): Step & { type: "ask" } {
  return {
    type: "ask",
    question: passwordQuestion(state),
    subject: state.subject,
    providerState: buildLoginState(state),
  };
}

function scanStep(answer: WithSession<LoginToken | AuthResult>): Step {
  // The account is not known until the password is right, so all scanned logins count as one subject.
  if (answer.type !== "token") return authorizedStep(answer, "scanned");
  const { session, until: rest } = answer;
  const token = answer.token.toString("base64url");
  return {
    type: "scan",
    code: `tg://login?token=${token}`,
    until: rest,
    providerState: buildLoginState({ step: "scan", session, token }),
  };
}

function authorizedStep(result: WithSession<AuthResult>, subject: string): Step {
  if (result.type === "authorized") return connectedStep(result);
  const { session, hint } = result;
  return passwordStep({ step: "password", session, subject, hint });
}

function connectedStep({ session, person }: WithSession<AuthResult & { type: "authorized" }>): Step {
  const credentials: Credentials = { metadata: { session } };
  try {
    if (person === undefined) throw new ConnectError("provider_misbehaved", "Telegram did not say who logged in");
    return { type: "connected", grant: { account: toAccount(person), credentials, scopes: [], missing: [] } };
  } catch (cause) {
    const failure = asConnectError(cause, "the account at Telegram could not be identified");
    return { type: "orphaned", credentials, failure };
  }
}

/** Best effort. The session is logged out too: the login may have succeeded although its answer was lost. */
async function abandonLogin(gateway: Gateway, providerState: ProviderState): Promise<void> {
  const state = parseLoginState(providerState);
  if (state.step === "code") await gateway.cancelCode(state).catch(() => undefined);
  await gateway.logOut(state.session).catch(() => undefined);
}

async function revokeSession(gateway: Gateway, { metadata }: Credentials): Promise<Revocation> {
  try {
    await gateway.logOut(metadata["session"] ?? "");
  } catch (failure) {
    if (!isSessionGone(failure)) throw failure;
  }
  return { outcome: "revoked" };
}

async function probeSession(gateway: Gateway, { metadata }: Credentials): Promise<void> {
  const person = await gateway.whoAmI(metadata["session"] ?? "").catch((failure: unknown) => {
    if (isSessionGone(failure)) return undefined;
    throw failure;
  });
  if (person === undefined) throw new ConnectError("needs_reconnect", "Telegram has ended this session");
}

function getRequired(values: FormValues, field: string): string {
  const answer = values[field];
  if (answer === undefined) throw new ConnectError("invalid_request", `there is no answer "${field}"`, { field });
  return answer;
}
