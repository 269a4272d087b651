import { z } from "zod";
import type { Accounts } from "../telegram/account/accounts.ts";
import { phoneOf } from "../telegram/account/phone.ts";

/** What a name under `/_/telegram/` does with the body posted, or the query of a GET. */
type Action = (telegram: TelegramControl, input: unknown) => object;

export interface TelegramControl {
  readonly accounts: Accounts;
  /** Lets the server lose every authorization key, and with them all sessions. */
  forgetKeys(): void;
}

const ofPhone = z.strictObject({ phone: z.string() });
const ofScan = z.strictObject({ phone: z.string(), url: z.string() });

export const telegramActions: Readonly<Record<string, Action>> = {
  scan: ({ accounts }, body) => {
    const { phone, url } = ofScan.parse(body);
    phoneOf(accounts, phone).scan(url);
    return { accepted: true };
  },
  end: ({ accounts }, body) => ({ ended: phoneOf(accounts, ofPhone.parse(body).phone).end() }),
  forget: (telegram) => {
    telegram.forgetKeys();
    return { forgotten: true };
  },
};

const iso = (ms: number): string => new Date(ms).toISOString();

export const telegramViews: Readonly<Record<string, Action>> = {
  messages: ({ accounts }, query) =>
    phoneOf(accounts, ofPhone.parse(query).phone)
      .messages()
      .map(({ code, at }) => ({ code, at: iso(at) })),
  sessions: ({ accounts }, query) =>
    phoneOf(accounts, ofPhone.parse(query).phone)
      .sessions()
      .map(({ hash, dc, apiId, device, createdAt, activeAt }) => ({
        hash: String(hash),
        dc,
        apiId,
        ...device,
        createdAt: iso(createdAt),
        activeAt: iso(activeAt),
      })),
};
