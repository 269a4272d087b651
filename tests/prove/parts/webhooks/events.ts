import type { ProviderName } from "../../world/providers.ts";

/** What of each provider is sent: its part of the whole, an event that concerns nobody, and the one by which a grant ends. */
export interface Kind {
  provider: ProviderName;
  share: number;
  usual: string;
  /** Absent: the provider tells nobody. */
  ends?: string;
  /** Of what can be forged, what this provider signs. */
  forgeries: readonly string[];
  /** Whether an event that was signed an hour ago is refused. PayPal tries for days, and Shopify signs no time. */
  refusesOld: boolean;
}

const usual = ["unsigned", "signature", "body", "timestamp"] as const;

export const kinds: readonly Kind[] = [
  {
    provider: "stripe",
    share: 0.3,
    usual: "charge.succeeded",
    ends: "account.application.deauthorized",
    forgeries: usual,
    refusesOld: true,
  },
  {
    provider: "shopify",
    share: 0.3,
    usual: "orders/create",
    ends: "app/uninstalled",
    forgeries: ["unsigned", "signature", "body"],
    refusesOld: false,
  },
  { provider: "calendly", share: 0.2, usual: "invitee.created", forgeries: usual, refusesOld: true },
  {
    provider: "zoom",
    share: 0.12,
    usual: "meeting.started",
    ends: "app_deauthorized",
    forgeries: usual,
    refusesOld: true,
  },
  {
    provider: "paypal",
    share: 0.08,
    usual: "PAYMENT.CAPTURE.COMPLETED",
    ends: "IDENTITY.AUTHORIZATION-CONSENT.REVOKED",
    forgeries: [...usual, "certificate"],
    refusesOld: false,
  },
];
