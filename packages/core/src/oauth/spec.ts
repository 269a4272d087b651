import type { Gate } from "../http/index.ts";
import type { Account, Answers, Credentials, Notes, Provider, Question, Return, Revocation } from "../provider.ts";
import type { ClientAuthentication } from "./client-authentication.ts";
import type { TokenAnswer, TokenError } from "./token.ts";

/** Our app at a provider, as registered there. */
export interface OAuthClient {
  id: string;
  secret: string;
  /** `live`, `test` or `sandbox`: accounts of one are unknown to the other. */
  mode: string;
  redirectUri: string;
  /** The scopes to ask for, where the operator chooses them. */
  scopes?: readonly string[];
}

/** What a call on the user's behalf needs. */
export interface Access {
  http: Gate;
  client: OAuthClient;
  credentials: Credentials;
}

/**
 * An OAuth provider as a value (RFC 6749). The few odd things of a provider are small functions here, in its own file;
 * the engine never names a provider.
 */
export interface OAuthSpec {
  id: string;
  name: string;
  gives: string;
  opening?: readonly Question[];
  grants: Provider["grants"];
  issuer?: (client: OAuthClient) => string;

  /** What the endpoints depend on, from the opening answers. Shopify: the shop. */
  place?: (answers: Answers) => Notes;
  endpoints: (client: OAuthClient, place: Notes) => { authorize: string; token: string };
  /** Parameters of the authorization request besides client_id, redirect_uri and state. */
  authorization: (client: OAuthClient) => Readonly<Record<string, string>>;
  /** Proof key with S256 (RFC 7636). */
  pkce?: boolean;
  /** Checks a signed return; gives what it proves. */
  verify?: (returned: Return, client: OAuthClient, now: Date) => Notes;

  authenticate: ClientAuthentication;
  /** The form of the code exchange, where it is not RFC 6749 4.1.3. */
  exchange?: (code: string) => Readonly<Record<string, string>>;
  /**
   * `rotating`: each answer brings a refresh token, and one without it is a fault. `kept`: one refresh token for good.
   * `none`: nothing expires.
   */
  refresh: "rotating" | "kept" | "none";
  /** Whether a token endpoint's error says that this code or refresh token is dead. Default: `invalid_grant`. */
  rejects?: (error: TokenError) => boolean;
  /** What is kept of a token answer, where it is not the tokens. */
  keep?: (answer: TokenAnswer, client: OAuthClient) => Credentials;

  /** Which of the scopes we need are not among those granted. */
  missing: (granted: readonly string[], client: OAuthClient) => string[];
  identify: (access: Access) => Promise<Account>;
  revoke?: (access: Access) => Promise<Revocation>;
  revokesWithAccessToken?: boolean;
}
