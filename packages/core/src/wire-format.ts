import { z } from "zod";

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

/** What the answer to a finished attempt may tell of the connection. */
interface ConnectedAccount {
  id: number;
  label: string;
  email: string | null;
  scopes: readonly string[];
  details: Readonly<Record<string, string>>;
}

/** How a provider's REST paths, bodies and answers are named, as our API documents them. */
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
  buildResponse(account: ConnectedAccount): Record<string, unknown>;
  /** What the id in a body is called. */
  idField: "accountId" | "storeId";
}

/** A code or a ticket in a body. */
export const codeText = z.string().min(1).max(4096);

/** The wire format of a provider that has no names of its own. */
export const defaultWireFormat: WireFormat = {
  returnPath: "callback",
  landingParams: ({ ticket }) => ({ code: ticket }),
  failureParams: (code, provider) => ({ error: code, provider }),
  body: z
    .object({ authCode: codeText, state: codeText.optional() })
    .transform(({ authCode, state }) => ({ ticket: authCode, state, echo: {} })),
  buildResponse: ({ id, email, label, details, scopes }) => ({
    accountId: id,
    email,
    name: details["name"] ?? label,
    scopes,
  }),
  idField: "accountId",
};

/** A body whose state has to come, with the issuer if the return named one. */
export const bodyWithState = z
  .object({ authCode: codeText, state: codeText, iss: z.string().max(4096).optional() })
  .transform(({ authCode, state, iss }) => ({ ticket: authCode, state, iss, echo: {} }));
