import { z } from "zod";
import { postJson, send } from "./http.ts";

const apps = z.record(z.string(), z.record(z.string(), z.unknown()));

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const minted = z.object({
  person: z.string(),
  account: z.string(),
  accessToken: text,
  refreshToken: text,
  expiresIn: z
    .number()
    .nullish()
    .transform((value) => value ?? undefined),
  shop: text,
});
/** A grant that somebody gave at a provider. */
export type Minted = z.infer<typeof minted>;

const totals = z.object({
  sent: z.number(),
  rotated: z.number(),
  refused: z.number(),
  resent: z.number(),
  overlapping: z.number(),
  afterSuccessor: z.number(),
});
const resend = z.object({
  provider: z.string(),
  person: z.string().nullable(),
  generation: z.number(),
  sentAt: z.array(z.number()),
  outcomes: z.array(z.string().nullable()),
});
/** A refresh token that was sent more than once. */
export type Resend = z.infer<typeof resend>;
const refreshes = z.object({ totals: z.record(z.string(), totals), resends: z.array(resend) });
export type Refreshes = z.infer<typeof refreshes>;

const letters = z.object({
  requests: z.array(
    z.object({ id: z.string(), url: z.string(), headers: z.record(z.string(), z.string()), body: z.string() }),
  ),
});
/** A webhook, signed and ready to be sent. */
export type Letter = z.infer<typeof letters>["requests"][number];

type Order = { provider: string; [field: string]: unknown };

/** The sandbox's control door. */
export interface Door {
  readonly url: string;
  apps(): Promise<z.infer<typeof apps>>;
  reset(): Promise<void>;
  set(change: Order): Promise<void>;
  fail(fault: { host: string; [field: string]: unknown }): Promise<void>;
  mint(order: { provider: string; count: number; prefix: string }): Promise<Minted[]>;
  refreshes(): Promise<Refreshes>;
  sign(order: Order & { event: string }): Promise<Letter[]>;
  /** Somebody removes the app there. No event is sent: that is for us to do. */
  remove(order: { provider: string; person: string }): Promise<void>;
}

export function createDoor(url: string): Door {
  const read = async (name: string): Promise<unknown> => parse(await send(`${url}/_/${name}`), name);
  const post = async (name: string, body: object): Promise<unknown> =>
    parse(await postJson(`${url}/_/${name}`, body, { timeoutMs: 120_000 }), name);
  return {
    url,
    apps: async () => apps.parse(await read("apps")),
    reset: async () => void (await post("reset", {})),
    set: async (change) => void (await post("set", change)),
    fail: async (fault) => void (await post("fail", fault)),
    mint: async (order) => z.array(minted).parse(await post("mint", order)),
    refreshes: async () => refreshes.parse(await read("refreshes")),
    sign: async (order) => letters.parse(await post("sign", order)).requests,
    remove: async (order) => void (await post("remove", { ...order, deliver: false })),
  };
}

function parse({ status, text }: { status: number; text: string }, name: string): unknown {
  if (status !== 200) throw new Error(`the sandbox answered /_/${name} with ${status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as unknown;
}
