import { z } from "zod";
import { type Clock, seconds } from "./clock.ts";
import type { SeededGrant } from "./control/schemas/reports.ts";
import type { GrantStore } from "./oauth/grants.ts";
import { type Patch, type Patchable, patchSchema } from "./patch.ts";
import type { PeopleStore, Person } from "./people-store.ts";
import type { WebhookBuilder, WebhookDeliveries } from "./webhooks/delivery.ts";
import { isLoopback, loopbackUrl } from "./webhooks/loopback.ts";
import type { WebhookSender } from "./webhooks/sender.ts";
import type { ProviderResponse, ProviderRequest } from "./http/messages.ts";
import { responseFormatFields } from "./http/response-format.ts";

/** The parameters of a path. */
export type PathParams = Readonly<Record<string, string>>;

/** What the log counts a request as: the use of a code or refresh token, or a revocation. */
type CountedAs = "tokens" | "revocations";

/** One operation of a provider. `counts` says how the log counts a request to it. */
export interface ProviderRoute {
  readonly method: "GET" | "POST" | "DELETE";
  readonly host: string | RegExp;
  /** Segments that begin with a colon are parameters. */
  readonly path: string;
  readonly counts?: CountedAs | ((request: ProviderRequest) => CountedAs | undefined);
  handle(request: ProviderRequest, params: PathParams): ProviderResponse | Promise<ProviderResponse>;
}

/** A simulated provider. */
export interface SimulatedProvider {
  readonly id: string;
  readonly title: string;
  /** The built-in app, as its developer dashboard would show it. */
  readonly app: Patch;
  readonly people: PeopleStore;
  readonly switches: Patchable<object>;
  readonly grants: Pick<GrantStore, "listUsable" | "clear"> & Partial<Pick<GrantStore, "findToken" | "findCode">>;
  readonly webhooks?: WebhookBuilder;
  /** Where apps asked to hear of events, if the provider's API has such subscriptions. */
  readonly subscriptions?: SubscriptionList;
  readonly routes: readonly ProviderRoute[];
  /** A page of the provider that the front page links to. */
  readonly page?: { readonly path: string; readonly title: string };
  /** The person removes the app from their account: all their grants end. Returns the events that tell the app. */
  readonly removeApp?: (person: string) => AppRemoval | Promise<AppRemoval>;
  /** Creates synthetic people who have consented. */
  readonly seedGrants?: (wanted: SeedOptions) => SeededGrant[];
  /** Builds the provider's response for an unknown address. */
  notFound(request: ProviderRequest): ProviderResponse;
}

interface SubscriptionList {
  list(): readonly object[];
  clear(): void;
}

/** What the removal of an app ends, and what tells the app. */
export interface AppRemoval {
  /** How many grants ended. */
  readonly ended: number;
  readonly deliveries: WebhookDeliveries;
}

/** How many synthetic people are created, and how. */
export interface SeedOptions {
  readonly count: number;
  readonly prefix: string;
  /** The scopes, in place of the app's usual ones. */
  readonly scope?: string | undefined;
}

/** What a simulated provider is built from. */
export interface ProviderDeps {
  readonly id: string;
  readonly clock: Clock;
  /** The origins of the app under test, whose redirect URIs are registered. */
  readonly origins: readonly string[];
  readonly settings: Patch;
  readonly webhookSender: WebhookSender;
}

/** The address of an endpoint at the provider. */
interface Endpoint {
  readonly host: string;
  readonly path: string;
}

/** A provider as the registry names it. It loads what plays the provider when the provider is created. */
export interface ProviderEntry {
  /** The people who live in the sandbox, by id. The first two can connect at once. */
  readonly people: Readonly<Record<string, Person>>;
  /** Where a product gets tokens, identifies an account and ends its access. */
  readonly endpoints: Readonly<Record<"token" | "identity" | "revocation", Endpoint>>;
  create(deps: ProviderDeps): Promise<SimulatedProvider>;
}

const returnedValue = z.union([z.string(), z.array(z.string()), z.null()]);

/** How a provider can be made to misbehave without failing. */
export const switchFields = {
  /** The scopes that are granted in place of those that were asked for. */
  grantedScopes: z.string().optional(),
  /** A merge patch on the parameters of the redirect to the app, after signing. A list repeats a parameter. */
  returns: z.record(z.string(), returnedValue).optional(),
  /** A merge patch on the token response, and a status for it. */
  token: patchSchema.optional(),
  tokenStatus: z.number().int().min(200).max(299).optional(),
  /** The lifetime of tokens that are issued from now on. */
  accessTokenSeconds: z.number().positive().optional(),
  refreshTokenSeconds: z.number().positive().optional(),
  ...responseFormatFields,
};

/** The switches of a provider that has one webhook endpoint. */
export const switchesSchema = z.strictObject({
  ...switchFields,
  /** The address of the app's webhooks, as its dashboard would have it. Undefined: none are sent. */
  webhookUrl: loopbackUrl.optional(),
});

/** The switches that most providers have. */
export type Switches = z.infer<typeof switchesSchema>;

/** The name of the built-in app. */
export const appName = "Patchbay (sandbox)";

/** Builds the redirect URIs of the app: each path under each of its origins. */
export function buildRedirectUris(deps: ProviderDeps, paths: readonly string[]): string[] {
  return deps.origins.flatMap((origin) => paths.map((path) => `${origin}${path}`));
}

/** Builds the app's first webhook endpoint. It has none if the app is not on this machine. */
export function buildWebhookUrl({ origins, id }: ProviderDeps): { webhookUrl?: string } {
  const url = `${origins[0] ?? ""}/api/v1/webhooks/${id}`;
  return isLoopback(url) ? { webhookUrl: url } : {};
}

/** Lifetimes in milliseconds. */
export interface TokenLifetimes {
  readonly access: number;
  readonly refresh: number;
}

/** Returns the lifetimes of tokens that are issued now, in milliseconds. */
export function getTokenLifetimes(
  { accessTokenSeconds, refreshTokenSeconds }: LifetimeSwitches,
  usual: TokenLifetimes,
): TokenLifetimes {
  return {
    access: accessTokenSeconds === undefined ? usual.access : seconds(accessTokenSeconds),
    refresh: refreshTokenSeconds === undefined ? usual.refresh : seconds(refreshTokenSeconds),
  };
}

type LifetimeSwitches = Pick<Switches, "accessTokenSeconds" | "refreshTokenSeconds">;

/** Splits a scope list at spaces and commas. */
export const splitScopes = (scopes: string): string[] => scopes.split(/[,\s]+/).filter((scope) => scope !== "");
