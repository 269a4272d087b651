import { z } from "zod";

/** A person or a shop, with what is typed to log in as them. Each provider adds fields of its own. */
const personSchema = z.looseObject({
  person: z.string(),
  name: z.string(),
  email: z.string().optional(),
  shop: z.string().optional(),
  typed: z.string().optional(),
  phone: z.string().optional(),
  password: z.string().optional(),
});

/** A person or a shop of the sandbox. */
export type Person = z.infer<typeof personSchema>;

/** The people of each provider. */
export const peopleSchema = z.record(z.string(), z.array(personSchema));

/** The people of the sandbox, by provider. */
export type People = z.infer<typeof peopleSchema>;

/** The built-in app of each provider. */
export const appsSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

/** The built-in apps, by provider. */
export type Apps = z.infer<typeof appsSchema>;

const loggedRequestSchema = z.object({
  at: z.string(),
  provider: z.string().nullable(),
  method: z.string(),
  host: z.string(),
  path: z.string(),
  /** 0 if the connection was closed without a response; null while the response is awaited. */
  status: z.number().nullable(),
  /** Whether the request was made to fail. */
  failed: z.boolean(),
  query: z.record(z.string(), z.string()).optional(),
  form: z.record(z.string(), z.string()).optional(),
});

const providerSummarySchema = z.object({
  tokenRequests: z.number(),
  codeExchanges: z.number(),
  refreshes: z.number(),
  maxUsesOfOneCode: z.number(),
  maxUsesOfOneRefreshToken: z.number(),
  revocations: z.number(),
});

/** Counts of a provider's requests. */
export type ProviderSummary = z.infer<typeof providerSummarySchema>;

/** The requests that came, and how often each code and refresh token was used. */
export const callsSchema = z.object({
  calls: z.array(loggedRequestSchema),
  codes: z.record(z.string(), z.object({ provider: z.string(), exchanged: z.number() })),
  refreshTokens: z.record(z.string(), z.number()),
  summary: z.record(z.string(), providerSummarySchema),
});

/** The report of the request log. */
export type CallsReport = z.infer<typeof callsSchema>;

const refreshOutcomeSchema = z.enum(["rotated", "refused", "failed", "lost"]);

/**
 * What happened to a refresh token that was sent. `failed`: the provider did no work, because a failure was ordered.
 * `lost`: the provider did its work, and the response never arrived.
 */
export type RefreshOutcome = z.infer<typeof refreshOutcomeSchema>;

const refreshTotalsSchema = z.object({
  sent: z.number(),
  rotated: z.number(),
  refused: z.number(),
  failed: z.number(),
  lost: z.number(),
  /** Sends of a token after its first. */
  resent: z.number(),
  /** Resends that arrived while an earlier send was still being answered. */
  overlapping: z.number(),
  /** Resends that came after the token's successor had been used. */
  afterSuccessor: z.number(),
});

/** Counts of a provider's refreshes. */
export type RefreshTotals = z.infer<typeof refreshTotalsSchema>;

const resendSchema = z.object({
  provider: z.string(),
  person: z.string().nullable(),
  /** How many rotations came before the token. */
  generation: z.number(),
  sentAt: z.array(z.number()),
  outcomes: z.array(refreshOutcomeSchema.nullable()),
});

/** A refresh token that was sent more than once. */
export type RefreshResend = z.infer<typeof resendSchema>;

/** The refreshes of each provider, and the tokens that were sent more than once. */
export const refreshesSchema = z.object({
  totals: z.record(z.string(), refreshTotalsSchema),
  resends: z.array(resendSchema),
});

/** The report of the refresh log. */
export type RefreshReport = z.infer<typeof refreshesSchema>;

const usableGrantSchema = z.object({
  provider: z.string(),
  person: z.string(),
  clientId: z.string(),
  /** The shop, environment or mode that the grant is bound to. */
  realm: z.string(),
  scopes: z.array(z.string()),
  live: z.literal(true),
  accessTokens: z.number(),
  refreshTokens: z.number(),
});

/** A grant that still has a usable token. */
export type UsableGrant = Omit<z.infer<typeof usableGrantSchema>, "provider">;

/** The grants that still have a usable token. */
export const grantsSchema = z.array(usableGrantSchema);

const seededGrantSchema = z.object({
  person: z.string(),
  name: z.string(),
  email: z.string().optional(),
  /** The account, as the provider's identity endpoint names it. */
  account: z.string(),
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Seconds; null if the access token does not expire. */
  expiresIn: z.number().nullable(),
  scope: z.string(),
  /** Shopify: the shop's domain, and the seconds until the refresh token expires. */
  shop: z.string().optional(),
  refreshTokenExpiresIn: z.number().optional(),
  /** Calendly: the URI of the organization. */
  organization: z.string().optional(),
  /** Zoom: the account that the user belongs to. */
  accountId: z.string().optional(),
  /** Stripe: the mode. */
  livemode: z.boolean().optional(),
});

/** A synthetic person who has consented, with what the exchange of their code would have given. */
export type SeededGrant = z.infer<typeof seededGrantSchema>;

/** The grants of synthetic people. */
export const seededGrantsSchema = z.array(seededGrantSchema);
