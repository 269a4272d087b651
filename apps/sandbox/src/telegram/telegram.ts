import {
  createMtprotoServer,
  createSocks5Proxy,
  dataCentres,
  routeToDataCentre,
  testKey,
} from "@patchbay/mtproto-server";
import type { Clock } from "../clock.ts";
import type { TelegramControlDeps } from "../control/telegram.ts";
import type { SimulatedProvider } from "../provider.ts";
import type { FaultStore } from "../http/faults.ts";
import type { RequestLog } from "../logs/request-log.ts";
import type { Patch } from "../patch.ts";
import { createTelegramAccounts } from "./accounts.ts";
import { registeredApp } from "./registered-app.ts";
import { createTelegramProvider } from "./provider.ts";
import { observeCalls } from "./observe-calls.ts";

/** How the simulated Telegram is started. */
export interface TelegramOptions {
  /** The port of the SOCKS5 proxy; 0 takes a free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly faults: FaultStore;
  readonly requestLog: RequestLog;
  readonly settings: Patch;
  readonly log: (line: string) => void;
}

/** What an app needs to find the simulated Telegram. */
export interface TelegramApp {
  /** The only way in: `socks5://127.0.0.1:…`. It leads nowhere else. */
  readonly proxy: string;
  /** PEM of the public key that the app trusts in place of Telegram's own. */
  readonly serverKeys: string;
  readonly apiId: number;
  readonly apiHash: string;
}

/** The running simulated Telegram. */
export interface Telegram extends TelegramControlDeps {
  readonly app: TelegramApp;
  readonly provider: SimulatedProvider;
  close(): Promise<void>;
}

/** Starts the simulated Telegram: data centres, proxy and accounts. The protocol runs on real time. */
export async function startTelegram({ port, clock, settings, log, ...books }: TelegramOptions): Promise<Telegram> {
  const accounts = createTelegramAccounts({
    clock,
    settings,
    push: (authKeyId, update) => server.push(authKeyId, update),
  });
  const server = await createMtprotoServer({
    dcs: dataCentres,
    rsaKey: testKey.privatePem,
    ...observeCalls(accounts, books),
    log,
  });
  const front = await createSocks5Proxy({ port, route: routeToDataCentre(server.portOf) }).catch(
    async (error: unknown) => {
      await server.close();
      throw error;
    },
  );
  const app = { ...registeredApp, proxy: `socks5://127.0.0.1:${front.port}`, serverKeys: testKey.publicPem };
  return {
    app,
    accounts,
    provider: createTelegramProvider(accounts, app),
    forgetKeys: () => server.forgetKeys(),
    close: async () => void (await Promise.all([front.close(), server.close()])),
  };
}
