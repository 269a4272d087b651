import type { Api, TelegramClient } from "telegram";
import type { StringSession } from "telegram/sessions/StringSession.js";
import { ConnectError } from "../../errors.ts";
import { conversationSeconds } from "../../leases.ts";
import { withDeadline } from "../deadline.ts";
import { type WithSession, isRefusal, Refusal } from "../gateway.ts";
import { type Proxy, readProxy } from "../proxy.ts";
import { readServerKeys } from "../server-keys.ts";
import type { TelegramApp } from "../settings.ts";
import { type Library, load } from "./library.ts";
import { createSockets } from "./sockets.ts";

/** How to connect to Telegram. */
export interface GatewayOptions extends TelegramApp {
  /** Milliseconds for a whole call, the connection included. */
  timeoutMs?: number;
}

/** A connected client, for the length of one call. */
export interface ConnectedClient extends Library {
  client: TelegramClient;
  /** The session as it stands now. */
  save: () => string;
  invoke: <R extends Api.AnyRequest>(request: R) => Promise<R["__response"]>;
}

/**
 * Connects with a saved session (empty: a new one), talks, and hangs up whatever happens. `waitMs` is how much longer than
 * usual the conversation may take.
 */
export type WithClient = <T>(
  saved: string,
  conversation: (line: ConnectedClient) => Promise<T>,
  waitMs?: number,
) => Promise<WithSession<T>>;

/** Creates the way to connect for one call. The library is loaded at the first one. */
export function createClientSessions(settings: GatewayOptions): WithClient {
  const { timeoutMs = conversationSeconds * 1000 } = settings;
  const proxy = settings.proxy === undefined ? undefined : readProxy(settings.proxy);
  const serverKeys = settings.serverKeys === undefined ? undefined : readServerKeys(settings.serverKeys);
  let loading: Promise<Library> | undefined;
  return async (saved, conversation, waitMs = 0) => {
    const library = await (loading ??= load(serverKeys));
    const deadline = performance.now() + timeoutMs + waitMs;
    const runOnce = async () => {
      const session = await openSession(library, saved);
      const sockets = createSockets(library);
      const client = createClient(library, session, { ...settings, ...sockets.options, proxy, timeoutMs });
      const connectAndRun = async () => {
        await connect(library, client);
        const invoke: ConnectedClient["invoke"] = (request) =>
          client.invoke(request).catch((cause) => throwRefusal(library, cause));
        const result = await conversation({ ...library, client, invoke, save: () => session.save() });
        // Saved last: the call may have led to another data centre, and to another key.
        return { ...result, session: session.save() };
      };
      try {
        return await withDeadline(deadline - performance.now(), Promise.race([connectAndRun(), sockets.broken]));
      } finally {
        await sockets.close();
        await client.destroy();
      }
    };
    return await retryUnknownKey(runOnce);
  };
}

/**
 * Runs a conversation again, once, if the server answered that it does not know the key. A server that has not learned of
 * a new key yet says so, too. It could not read the message, so it did nothing of what the message asked.
 */
async function retryUnknownKey<T>(runOnce: () => Promise<T>): Promise<T> {
  try {
    return await runOnce();
  } catch (failure) {
    if (isRefusal(failure, "AUTH_KEY_UNKNOWN")) return await runOnce();
    throw failure;
  }
}

/** The failure of a call that did not reach Telegram, or whose connection broke. */
export function unreachableTelegram(cause?: unknown): ConnectError {
  return new ConnectError("provider_unavailable", "Telegram is out of reach", { cause });
}

/**
 * A session that may move to another data centre. One that was made from a string takes its key from there again at each
 * connect, and would show it to a server that does not know it.
 */
async function openSession({ StringSession }: Library, saved: string): Promise<StringSession> {
  const session = new StringSession();
  if (saved === "") return session;
  const stored = new StringSession(saved);
  await stored.load();
  session.setDC(stored.dcId, stored.serverAddress, stored.port);
  session.setAuthKey(stored.getAuthKey());
  return session;
}

type Wiring = ReturnType<typeof createSockets>["options"];
type ClientSettings = Wiring &
  Pick<GatewayOptions, "apiId" | "apiHash"> & { proxy: Proxy | undefined; timeoutMs: number };

function createClient(library: Library, session: StringSession, settings: ClientSettings): TelegramClient {
  const { apiId, apiHash, proxy, timeoutMs, networkSocket, connection } = settings;
  // Without the loop that pings every nine seconds and, once begun, outlives its client.
  class Client extends library.TelegramClient {
    protected override _loopStarted = true;
  }
  return new Client(session, apiId, apiHash, {
    networkSocket,
    connection,
    ...(proxy && { proxy: { ...proxy, socksType: 5, timeout: timeoutMs / 1000 } }),
    // One key exchange in 256 fails and has to be made again.
    connectionRetries: 4,
    retryDelay: 250,
    // Below zero: a lost connection fails the call. Reconnecting would send the request a second time.
    reconnectRetries: -1,
    // The second try is for a phone number that lives in another data centre.
    requestRetries: 2,
    floodSleepThreshold: 0,
    baseLogger: library.silent,
    // Shown to the user among the account's devices.
    deviceModel: "Patchbay",
    systemVersion: "Patchbay",
    appVersion: "1.0",
  });
}

async function connect(library: Library, client: TelegramClient): Promise<void> {
  const connected = await client.connect().catch((cause: unknown) => throwRefusal(library, cause));
  if (!connected) throw unreachableTelegram();
}

/** Throws a failure of the library in the gateway's words. */
function throwRefusal({ errors }: Library, cause: unknown): never {
  if (cause instanceof errors.FloodWaitError || cause instanceof errors.FloodTestPhoneWaitError) {
    throw new Refusal("FLOOD_WAIT", { seconds: cause.seconds, cause });
  }
  if (cause instanceof errors.RPCError) {
    const { errorMessage: reason, code: status } = cause;
    throw new Refusal(reason, { cause, ...(status !== undefined && { status }) });
  }
  if (cause instanceof errors.TypeNotFoundError || cause instanceof TypeError || cause instanceof RangeError) {
    throw new ConnectError("provider_misbehaved", "Telegram gave an answer of another shape", { cause });
  }
  throw unreachableTelegram(cause);
}
