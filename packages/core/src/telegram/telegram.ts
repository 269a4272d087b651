import { ConnectError } from "../errors.ts";
import type { FormValues, Credentials, ProviderState, Provider, Revocation, Step, FlowContext } from "../provider.ts";
import { accountOf } from "./account.ts";
import { type AuthResult, type After, type Gateway, isRefusal, type LoginToken, type SentCode } from "./gateway.ts";
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

/** What is known of it without being registered there. */
export const aboutTelegram = {
  id: "telegram",
  name: "Telegram",
  description: "See who you are on Telegram, and read and send messages there in your name.",
  methods: ["ask", "scan"],
  fields: [phoneQuestion],
  // A session used in two places at once is ended by Telegram (AUTH_KEY_DUPLICATED).
  exclusiveLease: true,
} as const satisfies Partial<Provider>;

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
    // Its sessions are in the settings of any client of the user's.
    manageUrl: () => "https://web.telegram.org/",
    codeRecipient: reaches,
    begin: (_walk, answers) => explained(begin(gateway, answers)),
    resume: (walk, notes, answers) => explained(resume(gateway, notes, { answers, walk })),
    abandon: (_walk, notes) => abandon(gateway, notes),
    revoke: (credentials) => explained(revoke(gateway, credentials)),
    probe: (credentials) => explained(probe(gateway, credentials)),
    buildPayload: ({ metadata }) => ({ type: "telegram_session", session: metadata["session"] ?? "" }),
  };
}

async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (failure) {
    throw toConnectError(failure);
  }
}

async function begin(gateway: Gateway, answers: FormValues): Promise<Step> {
  const phone = await reaches(answers);
  if (phone === undefined) return scanStep(await gateway.exportToken());
  return sentStep(await gateway.sendCode(phone), phone);
}

/** The phone that a code goes to. */
async function reaches({ phone }: FormValues): Promise<string | undefined> {
  if (phone === undefined) return undefined;
  // Numbering plans are much to load for those who connect no Telegram.
  const { parsePhone } = await import("./phone.ts");
  return parsePhone(phone);
}

type StepInput = { values: FormValues; context: FlowContext };

async function resume(gateway: Gateway, kept: ProviderState, input: StepInput): Promise<Step> {
  try {
    return await takeStep(gateway, parseLoginState(kept), given);
  } catch (failure) {
    if (!wantsRestart(failure)) throw failure;
    const evidence = { cause: failure, reason: "restart_required" };
    throw new ConnectError("attempt_unknown", "Telegram wants the login to begin anew", evidence);
  }
}

async function takeStep(gateway: Gateway, notes: LoginState, { answers, walk }: StepInput): Promise<Step> {
  switch (notes.step) {
    case "code":
      return "again" in answers
        ? sentStep(await gateway.resendCode(notes), notes.phone)
        : await tryCode(gateway, notes, required(answers, "code"));
    case "password":
      return await tryPassword(gateway, notes, required(answers, "password"));
    case "scan":
      return scanStep(await lookForScan(gateway, notes, walk));
  }
}

async function tryCode(gateway: Gateway, notes: CodeState, text: string): Promise<Step> {
  const wrong = { ...codeStep(notes), rejected: "code_rejected" } as const;
  const code = parseTypedCode(notes, text);
  if (code === undefined) throw new ConnectError("invalid_request", "no code in this answer", { field: "code" });
  try {
    return admittedStep(await gateway.signIn(notes, code), notes.phone);
  } catch (failure) {
    if (isRefusal(failure, "PHONE_CODE_INVALID", "PHONE_CODE_EMPTY", "CODE_INVALID")) return wrong;
    if (isRefusal(failure, "PHONE_CODE_EXPIRED") || isSessionDead(failure))
      return await alreadyIn(gateway, notes, failure);
    throw failure;
  }
}

async function lookForScan(gateway: Gateway, { session, token }: ScanState, { wait }: FlowContext) {
  if (wait === undefined) return await gateway.exportToken(session);
  const { ms: waitMs, ...until } = wait;
  return await gateway.awaitScan(session, { shown: Buffer.from(token, "base64url"), waitMs, ...until });
}

async function tryPassword(gateway: Gateway, notes: PasswordState, password: string): Promise<Step> {
  const again = passwordStep(notes);
  if (password === "") throw new ConnectError("invalid_request", "an empty password", { field: "password" });
  try {
    return admittedStep(await gateway.checkPassword(notes.session, password), notes.subject);
  } catch (failure) {
    if (isRefusal(failure, "PASSWORD_HASH_INVALID")) return { ...again, rejected: "password_rejected" };
    // The parameters of the proof were used up or changed under our hands: that says nothing about the password.
    if (isRefusal(failure, "SRP_ID_INVALID", "SRP_PASSWORD_CHANGED")) return again;
    if (isSessionDead(failure)) return await alreadyIn(gateway, notes, failure);
    throw failure;
  }
}

/** Where nothing is left to prove, Telegram may have let us in before, and its answer been lost on the way. */
async function alreadyIn(gateway: Gateway, { session }: { session: string }, failure: unknown): Promise<Step> {
  const person = await gateway.whoAmI(session).catch(() => undefined);
  if (person === undefined) throw failure;
  return connectedStep({ type: "authorized", session, person });
}

function sentStep(sent: After<SentCode | AuthResult>, phone: string): Step {
  if (sent.type !== "sent") return admittedStep(sent, phone);
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

function codeStep(notes: CodeState): Step & { type: "ask" } {
  return { type: "ask", question: codeQuestion(notes), subject: notes.phone, notes: buildLoginState(notes) };
}

function passwordStep(notes: PasswordState): Step & { type: "ask" } {
  return { type: "ask", question: passwordQuestion(notes), subject: notes.subject, notes: buildLoginState(notes) };
}

function scanStep(answer: After<LoginToken | AuthResult>): Step {
  // Whose account it is stays unknown until the password is right. So all scanned ones count as one.
  if (answer.type !== "token") return admittedStep(answer, "scanned");
  const { session, until } = answer;
  const token = answer.token.toString("base64url");
  return {
    type: "scan",
    code: `tg://login?token=${token}`,
    until,
    notes: buildLoginState({ step: "scan", session, token }),
  };
}

function admittedStep(admission: After<AuthResult>, subject: string): Step {
  if (admission.type === "authorized") return connectedStep(admission);
  const { session, hint } = admission;
  return passwordStep({ step: "password", session, subject, hint });
}

function connectedStep({ session, person }: After<AuthResult & { type: "authorized" }>): Step {
  const credentials: Credentials = { metadata: { session } };
  try {
    if (person === undefined) throw new ConnectError("provider_misbehaved", "Telegram did not say who logged in");
    return { type: "connected", grant: { account: accountOf(person), credentials, scopes: [], missing: [] } };
  } catch (cause) {
    const failure =
      cause instanceof ConnectError ? cause : new ConnectError("provider_misbehaved", "identify failed", { cause });
    return { type: "orphaned", credentials, failure };
  }
}

/** Best effort. The session is logged out too: its login may have succeeded without our learning of it. */
async function abandon(gateway: Gateway, kept: ProviderState): Promise<void> {
  const notes = parseLoginState(kept);
  if (notes.step === "code") await gateway.cancelCode(notes).catch(() => undefined);
  await gateway.logOut(notes.session).catch(() => undefined);
}

async function revoke(gateway: Gateway, { metadata }: Credentials): Promise<Revocation> {
  try {
    await gateway.logOut(metadata["session"] ?? "");
  } catch (failure) {
    if (!isSessionGone(failure)) throw failure;
  }
  return { outcome: "revoked" };
}

async function probe(gateway: Gateway, { metadata }: Credentials): Promise<void> {
  const person = await gateway.whoAmI(metadata["session"] ?? "").catch((failure: unknown) => {
    if (isSessionGone(failure)) return undefined;
    throw failure;
  });
  if (person === undefined) throw new ConnectError("needs_reconnect", "Telegram has ended this session");
}

function required(answers: FormValues, field: string): string {
  const answer = answers[field];
  if (answer === undefined) throw new ConnectError("invalid_request", `there is no answer "${field}"`, { field });
  return answer;
}
