import { z } from "zod";
import { type Clock, seconds } from "./clock.ts";
import type { Grants } from "./grants.ts";
import { type Patch, type Patchable, patchSchema } from "./patch.ts";
import type { People } from "./people.ts";
import type { Hooks, Letters } from "./webhooks/letter.ts";
import { isLoopback, loopbackUrl } from "./webhooks/loopback.ts";
import type { Outbox } from "./webhooks/outbox.ts";
import type { Answer, Call } from "./wire.ts";
import { wireFields } from "./wire-switches.ts";

export type Params = Readonly<Record<string, string>>;

/** What the ledger counts a call as: one that spends a code or refresh token, or one that takes access away. */
type Counted = "tokens" | "revocations";

/** One operation of a provider. `counts` tells the ledger what a call to it spends. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  readonly host: string | RegExp;
  /** Segments that begin with a colon are parameters. */
  readonly path: string;
  readonly counts?: Counted | ((call: Call) => Counted | undefined);
  handle(call: Call, params: Params): Answer | Promise<Answer>;
}

/** One provider, played. */
export interface Face {
  readonly id: string;
  readonly title: string;
  /** The built-in app as its developer dashboard would show it. */
  readonly app: Patch;
  readonly people: People;
  readonly switches: Patchable<object>;
  readonly grants: Pick<Grants, "live" | "clear"> & Partial<Pick<Grants, "token" | "code">>;
  readonly hooks?: Hooks;
  /** Where an app asked to hear of events, where that is asked for on the wire. */
  readonly subscriptions?: Subscriptions;
  readonly routes: readonly Route[];
  /** A page of its own that the front page leads to. */
  readonly page?: { readonly path: string; readonly title: string };
  /** The person takes the app off their account: all that stands ends. Returns the events which tell the app. */
  readonly remove?: (person: string) => Removal | Promise<Removal>;
  /** Makes synthetic people who have consented already. */
  readonly mint?: (wanted: Wanted) => object[];
  /** How this provider says that there is nothing here. */
  missing(call: Call): Answer;
}

interface Subscriptions {
  list(): readonly object[];
  clear(): void;
}

export interface Removal {
  /** How many grants ended. */
  readonly ended: number;
  readonly letters: Letters;
}

export interface Wanted {
  readonly count: number;
  readonly prefix: string;
  /** In place of the scopes that an app usually has. */
  readonly scope?: string | undefined;
}

/** What a face is built from. */
export interface World {
  readonly id: string;
  readonly clock: Clock;
  /** The origins of the app under test, whose redirect URIs are registered. */
  readonly origins: readonly string[];
  readonly settings: Patch;
  readonly outbox: Outbox;
}

const returned = z.union([z.string(), z.array(z.string()), z.null()]);

/** How a provider can be made to misbehave, beyond failing outright. */
export const switchFields = {
  /** Grant these instead of the scopes that were asked for. */
  grantedScopes: z.string().optional(),
  /** A merge patch on the parameters of the return to the app, after signing; a list repeats a parameter. */
  returns: z.record(z.string(), returned).optional(),
  /** A merge patch on the answer that carries tokens, and a status of its own. */
  token: patchSchema.optional(),
  tokenStatus: z.number().int().min(200).max(299).optional(),
  /** How long the tokens given from now on live, in place of the usual. */
  accessTokenSeconds: z.number().positive().optional(),
  refreshTokenSeconds: z.number().positive().optional(),
  ...wireFields,
};

export const switchesSchema = z.strictObject({
  ...switchFields,
  /** Where the app's webhooks go, as its dashboard would have it. Absent: nowhere. */
  webhookUrl: loopbackUrl.optional(),
});
export type Switches = z.infer<typeof switchesSchema>;

export const appName = "Patchbay (sandbox)";

/** The redirect URIs to register for the app: each path under each of its origins. */
export function redirectUris(world: World, paths: readonly string[]): string[] {
  return world.origins.flatMap((origin) => paths.map((path) => `${origin}${path}`));
}

/** The webhook endpoint that the app begins with: none if it is not on this machine. */
export function webhookUrl({ origins, id }: World): { webhookUrl?: string } {
  const url = `${origins[0] ?? ""}/api/v1/webhooks/${id}`;
  return isLoopback(url) ? { webhookUrl: url } : {};
}

export interface Lifetimes {
  readonly access: number;
  readonly refresh: number;
}

/** How long tokens given now live, in milliseconds. */
export function lifetimes({ accessTokenSeconds, refreshTokenSeconds }: LifeSwitches, usual: Lifetimes): Lifetimes {
  return {
    access: accessTokenSeconds === undefined ? usual.access : seconds(accessTokenSeconds),
    refresh: refreshTokenSeconds === undefined ? usual.refresh : seconds(refreshTokenSeconds),
  };
}

type LifeSwitches = Pick<Switches, "accessTokenSeconds" | "refreshTokenSeconds">;

/** A scope list as sent: separated by spaces or commas, empty ones dropped. */
export const splitScopes = (scopes: string): string[] => scopes.split(/[,\s]+/).filter((scope) => scope !== "");
