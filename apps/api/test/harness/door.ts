import { buildEnvironment } from "@patchbay/sandbox/environment";
import { z } from "zod";

const apps = z.record(z.string(), z.record(z.string(), z.unknown()));
const summary = z.object({
  summary: z.record(
    z.string(),
    z.looseObject({
      tokenRequests: z.number(),
      codeExchanges: z.number(),
      maxUsesOfOneCode: z.number(),
      maxUsesOfOneRefreshToken: z.number(),
      revocations: z.number(),
    }),
  ),
  calls: z.array(
    z.looseObject({ method: z.string(), host: z.string(), path: z.string(), status: z.number().nullable() }),
  ),
});
const grants = z.array(z.looseObject({ person: z.string(), refreshTokens: z.number() }));

export interface Fault {
  host: string;
  path?: string;
  method?: string;
  times?: number;
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  delayMs?: number;
  encoding?: "gzip";
  drop?: true | "before" | "after";
  trickleMs?: number;
  bytes?: number;
}

/** The sandbox's control door. */
export function createDoor(sandbox: string) {
  const get = async (path: string): Promise<unknown> => (await fetch(new URL(path, sandbox))).json();
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(new URL(path, sandbox), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  };
  return {
    url: sandbox,
    fail: (fault: Fault) => post("/_/fail", fault),
    /** Forgets what a host was to fail at. */
    mend: (host: string) => post("/_/mend", { host }),
    set: (change: Record<string, unknown>) => post("/_/set", change),
    /** The codes that arrived on a phone, newest first. */
    codes: async (phone: string) => {
      const messages = await get(`/_/telegram/messages?phone=${encodeURIComponent(phone)}`);
      return z
        .array(z.looseObject({ code: z.string() }))
        .parse(messages)
        .map(({ code }) => code);
    },
    /** Somebody's phone scans a code and accepts it. */
    scan: (url: string, phone: string) => post("/_/telegram/scan", { url, phone }),
    /** Ends a person's sessions, as in the app's settings. */
    end: (phone: string) => post("/_/telegram/end", { phone }),
    /** How many sessions a person has. */
    sessions: async (phone: string) =>
      z.array(z.unknown()).parse(await get(`/_/telegram/sessions?phone=${encodeURIComponent(phone)}`)).length,
    advance: (advanceMs: number) => post("/_/clock", { advanceMs }),
    reset: () => post("/_/reset", {}),
    calls: async () => summary.parse(await get("/_/calls")),
    count: async (provider: string) => {
      const counted = summary.parse(await get("/_/calls")).summary[provider];
      if (counted === undefined) throw new Error(`the sandbox knows no ${provider}`);
      return counted;
    },
    /** Grants that live on at the provider: Shopify lets replaced ones run out within the hour. */
    grants: async (provider: string) =>
      grants.parse(await get(`/_/grants?provider=${provider}`)).filter(({ refreshTokens }) => refreshTokens > 0),
    /** The apps that the providers know, with their keys. */
    apps: async () => apps.parse(await get("/_/apps")),
    /** The environment that makes the API the sandbox's client. */
    clientEnvironment: async () => buildEnvironment(apps.parse(await get("/_/apps"))),
  };
}

export type Door = ReturnType<typeof createDoor>;
