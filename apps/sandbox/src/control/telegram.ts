import type { TelegramAccounts } from "../telegram/accounts.ts";
import { getPhone } from "../telegram/phone.ts";
import type { OperationHandlers, telegramOperations } from "./operations.ts";

/** What the operations on Telegram's phones act on. */
export interface TelegramControlDeps {
  readonly accounts: TelegramAccounts;
  /** Makes the server lose every authorization key, and with them all sessions. */
  forgetKeys(): void;
}

const toIso = (ms: number): string => new Date(ms).toISOString();

/** Answers the operations on the phones of Telegram's people. */
export const telegramHandlers: OperationHandlers<TelegramControlDeps, typeof telegramOperations> = {
  listLoginCodes: ({ accounts }, { phone }) =>
    getPhone(accounts, phone)
      .listMessages()
      .map(({ code, at }) => ({ code, at: toIso(at) })),
  listSessions: ({ accounts }, { phone }) =>
    getPhone(accounts, phone)
      .listSessions()
      .map(({ hash, dc, apiId, device, createdAt, activeAt }) => ({
        hash: String(hash),
        dc,
        apiId,
        ...device,
        createdAt: toIso(createdAt),
        activeAt: toIso(activeAt),
      })),
  scanQrCode: ({ accounts }, { phone, url }) => {
    getPhone(accounts, phone).scanQrCode(url);
    return { accepted: true };
  },
  endSessions: ({ accounts }, { phone }) => ({ ended: getPhone(accounts, phone).endSessions() }),
  forgetKeys: (telegram) => {
    telegram.forgetKeys();
    return { forgotten: true };
  },
};
