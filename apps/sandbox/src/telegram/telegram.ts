import type { Clock } from "../clock.ts";
import type { TelegramControl } from "../control/telegram.ts";
import type { Face } from "../face.ts";
import type { Faults } from "../faults.ts";
import type { Ledger } from "../ledger.ts";
import type { Patch } from "../patch.ts";
import { createAccounts } from "./account/accounts.ts";
import { registeredApp } from "./account/app.ts";
import { telegramFace } from "./account/face.ts";
import { watch } from "./account/watch.ts";
import { dataCentres, routeTo } from "./mtproto/data-centres.ts";
import { createMtprotoServer } from "./mtproto/server.ts";
import { testKey } from "./mtproto/test-key.ts";
import { createSocks5Front } from "./socks5.ts";

export interface TelegramOptions {
  /** Of the SOCKS front; 0 takes any free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly settings: Patch;
  readonly log: (line: string) => void;
}

/** What an app is configured with to find Telegram here. */
export interface TelegramApp {
  /** The only way in, which leads nowhere else: `socks5://127.0.0.1:…`. */
  readonly proxy: string;
  /** PEM of the public key, to be trusted in place of Telegram's own. */
  readonly serverKeys: string;
  readonly apiId: number;
  readonly apiHash: string;
}

export interface Telegram extends TelegramControl {
  readonly app: TelegramApp;
  readonly face: Face;
  close(): Promise<void>;
}

/** Starts Telegram: its data centres, the way to them, and the accounts behind. The protocol runs on real time. */
export async function startTelegram({ port, clock, settings, log, ...books }: TelegramOptions): Promise<Telegram> {
  const accounts = createAccounts({ clock, settings, push: (authKeyId, update) => server.push(authKeyId, update) });
  const server = await createMtprotoServer({
    dcs: dataCentres,
    rsaKey: testKey.privatePem,
    ...watch(accounts, books),
    log,
  });
  const front = await createSocks5Front({ port, route: routeTo(server.portOf) }).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const app = { ...registeredApp, proxy: `socks5://127.0.0.1:${front.port}`, serverKeys: testKey.publicPem };
  return {
    app,
    accounts,
    face: telegramFace(accounts, app),
    forgetKeys: () => server.forgetKeys(),
    close: async () => void (await Promise.all([front.close(), server.close()])),
  };
}
