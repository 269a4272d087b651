import type { Connection } from "@patchbay/core/connect";
import type { Router } from "express";
import { z } from "zod";
import type { Services } from "../services.ts";

/** What a client posts to finish, as core takes it. */
export interface FinishBody {
  ticket: string;
  state: string | undefined;
  /** The issuer that the provider's return to the page named. */
  iss?: string | undefined;
  echo: Record<string, string>;
}

/** What our redirect tells the page. */
export interface LandingParams {
  ticket: string;
  state: string;
  /** What the return's signature proved. */
  proof: Readonly<Record<string, string>>;
}

/** How a provider's paths, bodies and answers are named in the contract. */
export interface WireFormat {
  /** Where the provider returns to, below /api/v1/channels/<provider>. Registered there, so it never changes. */
  returnPath: "callback" | "connect";
  /** The operator may register the page itself as redirect URI. Only for providers whose returns always carry a state. */
  mayReturnToPage?: true;
  /** The page's parameters after a return. */
  landingParams(landing: LandingParams): Record<string, string>;
  /** Where the return itself finishes the attempt: the page's parameters after that. */
  finishedParams?: Record<string, string>;
  /** The page's parameters after a failure. */
  failureParams(code: string, provider: string): Record<string, string>;
  /** The body of POST /connect. */
  body: z.ZodType<FinishBody>;
  /** The answer of POST /connect. */
  buildResponse(connection: Connection): Record<string, unknown>;
  /** What the id in a body is called. */
  idField: "accountId" | "storeId";
  /** Adds paths of its own, for a connect flow that is not one redirect and one callback. */
  addRoutes?(router: Router, services: Pick<Services, "connect" | "sessions">): void;
}

/** A code, a ticket or a password. */
export const secret = z.string().min(1).max(4096);

/** The wire format of a provider that has no names of its own. */
export const defaultWireFormat: WireFormat = {
  returnPath: "callback",
  landingParams: ({ ticket }) => ({ code: ticket }),
  failureParams: (code, provider) => ({ error: code, provider }),
  body: z
    .object({ authCode: secret, state: secret.optional() })
    .transform(({ authCode, state }) => ({ ticket: authCode, state, echo: {} })),
  buildResponse: ({ id, email, label, details, scopes }) => ({
    accountId: id,
    email,
    name: details["name"] ?? label,
    scopes,
  }),
  idField: "accountId",
};

/** With a state that must come, and the issuer where the return named one. */
export const bodyWithState = z
  .object({ authCode: secret, state: secret, iss: z.string().max(4096).optional() })
  .transform(({ authCode, state, iss }) => ({ ticket: authCode, state, iss, echo: {} }));
