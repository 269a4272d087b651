import { z } from "zod";
import type { Clock } from "./clock.ts";
import type { Grants } from "./grants.ts";
import { type Patch, type Patchable, patchSchema } from "./patch.ts";
import type { People } from "./people.ts";
import type { Answer, Call } from "./wire.ts";

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
  handle(call: Call, params: Params): Answer;
}

/** One provider, played. */
export interface Face {
  readonly id: string;
  readonly title: string;
  /** The built-in app as its developer dashboard would show it. */
  readonly app: Patch;
  readonly people: People;
  readonly switches: Patchable<object>;
  readonly grants: Pick<Grants, "live" | "clear">;
  readonly routes: readonly Route[];
  /** A page of its own that the front page leads to. */
  readonly page?: { readonly path: string; readonly title: string };
  /** How this provider says that there is nothing here. */
  missing(call: Call): Answer;
}

/** What a face is built from. */
export interface World {
  readonly id: string;
  readonly clock: Clock;
  /** The origins of the app under test, whose redirect URIs are registered. */
  readonly origins: readonly string[];
  readonly settings: Patch;
}

const returned = z.union([z.string(), z.array(z.string()), z.null()]);

/** How a provider can be made to misbehave, beyond failing outright. */
export const switchFields = {
  /** Grant these instead of the scopes that were asked for. */
  grantedScopes: z.string().optional(),
  /** A merge patch on the parameters of the return to the app, after signing; a list repeats a parameter. */
  returns: z.record(z.string(), returned).optional(),
  /** A merge patch on the answer that carries tokens. */
  token: patchSchema.optional(),
};

export const switchesSchema = z.strictObject(switchFields);
export type Switches = z.infer<typeof switchesSchema>;

export const appName = "Patchbay (sandbox)";

/** The redirect URIs to register for the app: each path under each of its origins. */
export function redirectUris(world: World, paths: readonly string[]): string[] {
  return world.origins.flatMap((origin) => paths.map((path) => `${origin}${path}`));
}

/** A scope list as sent: separated by spaces or commas, empty ones dropped. */
export const splitScopes = (scopes: string): string[] => scopes.split(/[,\s]+/).filter((scope) => scope !== "");
