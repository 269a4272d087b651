import { z } from "zod";
import { patchSchema } from "../patch.ts";
import { cancelFailuresSchema, faultSchema, pendingFaultsSchema } from "./schemas/failures.ts";
import {
  appsSchema,
  callsSchema,
  grantsSchema,
  peopleSchema,
  refreshesSchema,
  seededGrantsSchema,
} from "./schemas/reports.ts";
import { loginCodesSchema, phoneSchema, scanSchema, sessionsSchema } from "./schemas/telegram.ts";
import {
  appRemovedSchema,
  deliveryAttemptsSchema,
  emitSchema,
  emittedSchema,
  removeAppSchema,
  signedSchema,
  signSchema,
  subscriptionsSchema,
} from "./schemas/webhooks.ts";

/** One operation of the control API. The input is the query of a GET, or the JSON body of a POST. */
export interface Operation {
  readonly method: "GET" | "POST";
  /** Below `/_/`. */
  readonly path: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}

/** What a handler of an operation takes and returns. */
export type OperationHandler<Deps, Op extends Operation> = (
  deps: Deps,
  input: z.output<Op["input"]>,
) => z.input<Op["output"]> | Promise<z.input<Op["output"]>>;

/** A handler for each operation of a table. */
export type OperationHandlers<Deps, Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Operation ? OperationHandler<Deps, Table[Name]> : never;
};

const noInput = z.object({});
const ofProvider = z.object({ provider: z.string().optional() });
const clockSchema = z.union([
  z.strictObject({ advanceMs: z.number() }),
  z.strictObject({ set: z.union([z.number(), z.iso.datetime({ offset: true })]) }),
]);
const seedSchema = z.strictObject({
  provider: z.string(),
  count: z.number().int().min(1).max(100_000),
  prefix: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default("load"),
  scope: z.string().optional(),
});

/** The operations of the control API, for the server that answers them and the client that calls them. */
export const operations = {
  /** The people of each provider. */
  listPeople: { method: "GET", path: "people", input: noInput, output: peopleSchema },
  /** The built-in app of each provider: `clientId`, `clientSecret`, `redirectUris` and so on. */
  listApps: { method: "GET", path: "apps", input: noInput, output: appsSchema },
  /** The last 10 000 requests, and how often each code and refresh token was used. */
  listCalls: { method: "GET", path: "calls", input: noInput, output: callsSchema },
  /** The refreshes of each provider, and the tokens that were sent more than once. */
  listRefreshes: { method: "GET", path: "refreshes", input: noInput, output: refreshesSchema },
  /** The grants that still have a usable token. */
  listGrants: { method: "GET", path: "grants", input: ofProvider, output: grantsSchema },
  /** Where apps asked to hear of events. */
  listSubscriptions: { method: "GET", path: "subscriptions", input: ofProvider, output: subscriptionsSchema },
  /** The last 10 000 attempts to deliver a webhook, oldest first. */
  listDeliveries: { method: "GET", path: "deliveries", input: noInput, output: deliveryAttemptsSchema },
  /** Makes the next matching requests fail. */
  failRequests: { method: "POST", path: "fail", input: faultSchema, output: pendingFaultsSchema },
  /** Cancels the failures of a host that have not happened yet. */
  cancelFailures: { method: "POST", path: "mend", input: cancelFailuresSchema, output: pendingFaultsSchema },
  /** Changes a person, or without a person how the provider behaves. A given field replaces, null removes. */
  changeProvider: {
    method: "POST",
    path: "set",
    input: z.looseObject({ provider: z.string(), person: z.string().optional() }),
    output: patchSchema,
  },
  /** Sends webhooks and waits for the responses. */
  emitWebhooks: { method: "POST", path: "emit", input: emitSchema, output: emittedSchema },
  /** Signs webhooks and sends none. */
  signWebhooks: { method: "POST", path: "sign", input: signSchema, output: signedSchema },
  /** The person removes the app at the provider. */
  removeApp: { method: "POST", path: "remove", input: removeAppSchema, output: appRemovedSchema },
  /** Creates synthetic people who have consented. */
  seedGrants: { method: "POST", path: "mint", input: seedSchema, output: seededGrantsSchema },
  /** Moves the clock. */
  setClock: { method: "POST", path: "clock", input: clockSchema, output: z.object({ now: z.string() }) },
  /** Forgets everything that happened since the start, and undoes every change. */
  reset: { method: "POST", path: "reset", input: noInput, output: z.object({ reset: z.literal(true) }) },
} as const satisfies Readonly<Record<string, Operation>>;

/** The operations on the phones of Telegram's people. They exist where Telegram is played. */
export const telegramOperations = {
  /** The login codes that arrived on a phone, newest first. */
  listLoginCodes: { method: "GET", path: "telegram/messages", input: phoneSchema, output: loginCodesSchema },
  /** The sessions of a person. */
  listSessions: { method: "GET", path: "telegram/sessions", input: phoneSchema, output: sessionsSchema },
  /** A person accepts a QR code with their phone. */
  scanQrCode: {
    method: "POST",
    path: "telegram/scan",
    input: scanSchema,
    output: z.object({ accepted: z.literal(true) }),
  },
  /** Ends all sessions of a person. */
  endSessions: { method: "POST", path: "telegram/end", input: phoneSchema, output: z.object({ ended: z.number() }) },
  /** The server loses every authorization key. */
  forgetKeys: {
    method: "POST",
    path: "telegram/forget",
    input: noInput,
    output: z.object({ forgotten: z.literal(true) }),
  },
} as const satisfies Readonly<Record<string, Operation>>;
