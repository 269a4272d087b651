import type { Api } from "telegram";
import { ConnectError } from "../../errors.ts";
import {
  type AuthResult,
  type After,
  type Gateway,
  isRefusal,
  type LoginToken,
  type PendingLogin,
  type Person,
  Refusal,
  type ScanWait,
  type SentCode,
} from "../gateway.ts";
import { wantsRestart } from "../refusals.ts";
import { readAuthorization, readSent, readUser } from "./answers.ts";
import {
  type WithClient,
  type ConnectedClient,
  type GatewayOptions,
  unreachableTelegram,
  createClientSessions,
} from "./client-session.ts";

/** The gateway by `telegram` (gramjs, https://gram.js.org). Nothing outside this folder knows that library. */
export function createGateway(settings: GatewayOptions): Gateway {
  const { apiId, apiHash } = settings;
  const converse = createClientSessions(settings);
  return {
    sendCode: (phone) => converse("", (line) => sendCode(line, { phoneNumber: phone, apiId, apiHash })),
    resendCode: (login) =>
      converse(login.session, async (line) =>
        readSent(line, await line.invoke(new line.Api.auth.ResendCode(of(login)))),
      ),
    cancelCode: async (login) => {
      await converse(login.session, async ({ Api, invoke }) => {
        await invoke(new Api.auth.CancelCode(of(login)));
      });
    },
    submitCode: (login, code) =>
      converse(login.session, (line) => admit(line, () => line.invoke(signInRequest(line, login, code)))),
    checkPassword: (session, password) => converse(session, (line) => checkPassword(line, password)),
    exportToken: (session = "") => exportToken(converse, session, { app: { apiId, apiHash } }),
    awaitScan: (session, wait) => exportToken(converse, session, { app: { apiId, apiHash }, wait }),
    whoAmI: async (session) => (await converse(session, whoAmI)).person,
    logOut: (session) => logOut(converse, session),
  };
}

const of = ({ phone, hash }: PendingLogin) => ({ phoneNumber: phone, phoneCodeHash: hash });

type App = { apiId: number; apiHash: string };

async function sendCode(line: ConnectedClient, fields: App & { phoneNumber: string }): Promise<SentCode | AuthResult> {
  const { Api, invoke } = line;
  const send = () => invoke(new Api.auth.SendCode({ ...fields, settings: new Api.CodeSettings({}) }));
  return readSent(line, await onceMore(send));
}

/**
 * Asks a second time where Telegram wants just that, or where the data centre to which the call was led does not know the
 * new key yet.
 */
async function onceMore<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (failure) {
    if (wantsRestart(failure) || isRefusal(failure, "AUTH_KEY_UNREGISTERED")) return await ask();
    throw failure;
  }
}

function signInRequest({ Api }: ConnectedClient, login: PendingLogin, code: string): Api.auth.SignIn {
  if (login.delivery !== "e-mail") return new Api.auth.SignIn({ ...of(login), phoneCode: code });
  return new Api.auth.SignIn({ ...of(login), emailVerification: new Api.EmailVerificationCode({ code }) });
}

/** Proves the password by SRP, with parameters that hold once. The proof takes some 85 ms of the event loop. */
async function checkPassword(line: ConnectedClient, text: string): Promise<AuthResult> {
  const { Api, invoke, password } = line;
  const parameters = await invoke(new Api.account.GetPassword());
  const proof = await password.computeCheck(parameters, text).catch((cause: unknown) => {
    throw new ConnectError("provider_misbehaved", "Telegram's password parameters are not usable", { cause });
  });
  return await admit(line, () => invoke(new Api.auth.CheckPassword({ password: proof })));
}

type Export = { app: App; wait?: ScanWait };

async function exportToken(
  converse: WithClient,
  saved: string,
  { app, wait }: Export,
): Promise<After<LoginToken | AuthResult>> {
  let elsewhere: string | undefined;
  const note = (session: string) => {
    elsewhere = session;
  };
  const ask = (line: ConnectedClient) => orPassword(line, () => askForLogin(line, app, note));
  try {
    if (wait === undefined) return await converse(saved, ask);
    return await converse(saved, (line) => askUntilScanned(line, wait, () => ask(line)), wait.waitMs);
  } catch (failure) {
    // Another data centre may have let us in, and its answer been lost: nobody else will ever know that session.
    if (elsewhere !== undefined && !(failure instanceof Refusal)) {
      await logOut(converse, elsewhere).catch(() => undefined);
    }
    throw failure;
  }
}

/** Asks; while the token stays the one that is shown, waits for Telegram to tell of a scan, and asks once more. */
async function askUntilScanned(
  line: ConnectedClient,
  { shown, waitMs, signal }: ScanWait,
  ask: () => Promise<LoginToken | AuthResult>,
): Promise<LoginToken | AuthResult> {
  const scan = watchForScan(line);
  const first = await ask();
  if (first.type !== "token" || !first.token.equals(shown)) return first;
  // Past its end the token is another, which is to be shown.
  const lasts = Math.max(0, first.until.getTime() - Date.now());
  await scan(Math.min(waitMs, lasts), signal);
  return signal?.aborted ? first : await ask();
}

/** Listens for the update that tells of a scan (https://core.telegram.org/api/qr-login), which may come before the wait. */
function watchForScan({ client, Api, Raw }: ConnectedClient): (ms: number, signal?: AbortSignal) => Promise<void> {
  const told = Promise.withResolvers<void>();
  client.addEventHandler(() => told.resolve(), new Raw({ types: [Api.UpdateLoginToken] }));
  return async (ms, signal) => {
    const enough = (): void => told.resolve();
    const timer = setTimeout(enough, ms);
    signal?.addEventListener("abort", enough);
    if (signal?.aborted) enough();
    await told.promise;
    clearTimeout(timer);
    signal?.removeEventListener("abort", enough);
  };
}

/** Asks with a login token. Where the account lives in another data centre, moves there and says with which session. */
async function askForLogin(
  line: ConnectedClient,
  app: App,
  moved: (session: string) => void,
): Promise<LoginToken | AuthResult> {
  const { Api, invoke, client } = line;
  let answer = await invoke(new Api.auth.ExportLoginToken({ ...app, exceptIds: [] }));
  if (answer instanceof Api.auth.LoginTokenMigrateTo) {
    if (!(await client._switchDC(answer.dcId))) throw unreachableTelegram();
    moved(line.save());
    const { token } = answer;
    answer = await onceMore(() => invoke(new Api.auth.ImportLoginToken({ token })));
  }
  if (answer instanceof Api.auth.LoginTokenSuccess) return readAuthorization(line, answer.authorization);
  if (answer instanceof Api.auth.LoginToken) {
    return { type: "token", token: answer.token, until: new Date(answer.expires * 1000) };
  }
  throw new ConnectError("provider_misbehaved", "Telegram moved a login token twice");
}

async function logOut(converse: WithClient, session: string): Promise<void> {
  await converse(session, async ({ Api, invoke }) => {
    await invoke(new Api.auth.LogOut());
  });
}

async function whoAmI({ Api, invoke }: ConnectedClient): Promise<{ person: Person | undefined }> {
  try {
    const [user] = await invoke(new Api.users.GetUsers({ id: [new Api.InputUserSelf()] }));
    return { person: user instanceof Api.User ? readUser(user) : undefined };
  } catch (failure) {
    if (isRefusal(failure, "AUTH_KEY_UNREGISTERED", "SESSION_PASSWORD_NEEDED")) return { person: undefined };
    throw failure;
  }
}

async function admit(line: ConnectedClient, login: () => Promise<Api.auth.TypeAuthorization>): Promise<AuthResult> {
  return await orPassword(line, async () => readAuthorization(line, await login()));
}

/** Where the account has a password, its hint is asked for along with it; without the hint it goes on as well. */
async function orPassword<T>({ Api, invoke }: ConnectedClient, login: () => Promise<T>): Promise<T | AuthResult> {
  try {
    return await login();
  } catch (failure) {
    if (!isRefusal(failure, "SESSION_PASSWORD_NEEDED")) throw failure;
    const { hint } = await invoke(new Api.account.GetPassword()).catch(() => ({ hint: undefined }));
    return { type: "password", ...(hint && { hint }) };
  }
}
