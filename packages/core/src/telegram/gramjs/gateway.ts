import type { Api } from "telegram";
import { ConnectError } from "../../errors.ts";
import {
  type AuthResult,
  type WithSession,
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
  const withClient = createClientSessions(settings);
  return {
    sendCode: (phone) => withClient("", (connected) => sendCode(connected, { phoneNumber: phone, apiId, apiHash })),
    resendCode: (login) =>
      withClient(login.session, async (connected) =>
        readSent(connected, await connected.invoke(new connected.Api.auth.ResendCode(codeFields(login)))),
      ),
    cancelCode: async (login) => {
      await withClient(login.session, async ({ Api, invoke }) => {
        await invoke(new Api.auth.CancelCode(codeFields(login)));
      });
    },
    submitCode: (login, code) =>
      withClient(login.session, (connected) =>
        authorize(connected, () => connected.invoke(signInRequest(connected, login, code))),
      ),
    checkPassword: (session, password) => withClient(session, (connected) => checkPassword(connected, password)),
    exportToken: (session = "") => exportToken(withClient, session, { app: { apiId, apiHash } }),
    awaitScan: (session, wait) => exportToken(withClient, session, { app: { apiId, apiHash }, wait }),
    whoAmI: async (session) => (await withClient(session, whoAmI)).person,
    logOut: (session) => logOut(withClient, session),
  };
}

const codeFields = ({ phone, hash }: PendingLogin) => ({ phoneNumber: phone, phoneCodeHash: hash });

type App = { apiId: number; apiHash: string };

async function sendCode(
  connected: ConnectedClient,
  fields: App & { phoneNumber: string },
): Promise<SentCode | AuthResult> {
  const { Api, invoke } = connected;
  const send = () => invoke(new Api.auth.SendCode({ ...fields, settings: new Api.CodeSettings({}) }));
  return readSent(connected, await retryOnce(send));
}

/**
 * Asks a second time where Telegram wants just that, or where the data centre to which the call was led does not know the
 * new key yet.
 */
async function retryOnce<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (failure) {
    if (wantsRestart(failure) || isRefusal(failure, "AUTH_KEY_UNREGISTERED")) return await ask();
    throw failure;
  }
}

function signInRequest({ Api }: ConnectedClient, login: PendingLogin, code: string): Api.auth.SignIn {
  if (login.delivery !== "e-mail") return new Api.auth.SignIn({ ...codeFields(login), phoneCode: code });
  return new Api.auth.SignIn({ ...codeFields(login), emailVerification: new Api.EmailVerificationCode({ code }) });
}

/** Proves the password by SRP, with parameters that hold once. The proof takes some 85 ms of the event loop. */
async function checkPassword(connected: ConnectedClient, text: string): Promise<AuthResult> {
  const { Api, invoke, password } = connected;
  const parameters = await invoke(new Api.account.GetPassword());
  const proof = await password.computeCheck(parameters, text).catch((cause: unknown) => {
    throw new ConnectError("provider_misbehaved", "Telegram's password parameters are not usable", { cause });
  });
  return await authorize(connected, () => invoke(new Api.auth.CheckPassword({ password: proof })));
}

type Export = { app: App; wait?: ScanWait };

async function exportToken(
  withClient: WithClient,
  saved: string,
  { app, wait }: Export,
): Promise<WithSession<LoginToken | AuthResult>> {
  let movedSession: string | undefined;
  const onMove = (session: string) => {
    movedSession = session;
  };
  const ask = (connected: ConnectedClient) => catchPasswordNeeded(connected, () => askForLogin(connected, app, onMove));
  try {
    if (wait === undefined) return await withClient(saved, ask);
    return await withClient(saved, (connected) => askUntilScanned(connected, wait, () => ask(connected)), wait.waitMs);
  } catch (failure) {
    // Another data centre may have let us in, and its answer been lost: nobody else will ever know that session.
    if (movedSession !== undefined && !(failure instanceof Refusal)) {
      await logOut(withClient, movedSession).catch(() => undefined);
    }
    throw failure;
  }
}

/** Asks; while the token stays the one that is shown, waits for Telegram to tell of a scan, and asks once more. */
async function askUntilScanned(
  connected: ConnectedClient,
  { shown, waitMs, signal }: ScanWait,
  ask: () => Promise<LoginToken | AuthResult>,
): Promise<LoginToken | AuthResult> {
  const waitForScan = watchForScan(connected);
  const first = await ask();
  if (first.type !== "token" || !first.token.equals(shown)) return first;
  // Past its end the token is another, which is to be shown.
  const remainingMs = Math.max(0, first.until.getTime() - Date.now());
  await waitForScan(Math.min(waitMs, remainingMs), signal);
  return signal?.aborted ? first : await ask();
}

/** Listens for the update that tells of a scan (https://core.telegram.org/api/qr-login), which may come before the wait. */
function watchForScan({ client, Api, Raw }: ConnectedClient): (ms: number, signal?: AbortSignal) => Promise<void> {
  const ended = Promise.withResolvers<void>();
  client.addEventHandler(() => ended.resolve(), new Raw({ types: [Api.UpdateLoginToken] }));
  return async (ms, signal) => {
    const resolveEnd = (): void => ended.resolve();
    const timer = setTimeout(resolveEnd, ms);
    signal?.addEventListener("abort", resolveEnd);
    if (signal?.aborted) resolveEnd();
    await ended.promise;
    clearTimeout(timer);
    signal?.removeEventListener("abort", resolveEnd);
  };
}

/** Asks with a login token. Where the account lives in another data centre, moves there and says with which session. */
async function askForLogin(
  connected: ConnectedClient,
  app: App,
  onMove: (session: string) => void,
): Promise<LoginToken | AuthResult> {
  const { Api, invoke, client } = connected;
  let response = await invoke(new Api.auth.ExportLoginToken({ ...app, exceptIds: [] }));
  if (response instanceof Api.auth.LoginTokenMigrateTo) {
    if (!(await client._switchDC(response.dcId))) throw unreachableTelegram();
    onMove(connected.save());
    const { token } = response;
    response = await retryOnce(() => invoke(new Api.auth.ImportLoginToken({ token })));
  }
  if (response instanceof Api.auth.LoginTokenSuccess) return readAuthorization(connected, response.authorization);
  if (response instanceof Api.auth.LoginToken) {
    return { type: "token", token: response.token, until: new Date(response.expires * 1000) };
  }
  throw new ConnectError("provider_misbehaved", "Telegram moved a login token twice");
}

async function logOut(withClient: WithClient, session: string): Promise<void> {
  await withClient(session, async ({ Api, invoke }) => {
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

async function authorize(
  connected: ConnectedClient,
  login: () => Promise<Api.auth.TypeAuthorization>,
): Promise<AuthResult> {
  return await catchPasswordNeeded(connected, async () => readAuthorization(connected, await login()));
}

/** Where the account has a password, its hint is asked for along with it; without the hint it goes on as well. */
async function catchPasswordNeeded<T>(
  { Api, invoke }: ConnectedClient,
  login: () => Promise<T>,
): Promise<T | AuthResult> {
  try {
    return await login();
  } catch (failure) {
    if (!isRefusal(failure, "SESSION_PASSWORD_NEEDED")) throw failure;
    const { hint } = await invoke(new Api.account.GetPassword()).catch(() => ({ hint: undefined }));
    return { type: "password", ...(hint && { hint }) };
  }
}
