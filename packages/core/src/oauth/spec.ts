import type { Answer, Gate } from "../http/index.ts";
import type {
  Account,
  Answers,
  Credentials,
  Handed,
  Notes,
  Provider,
  Question,
  Return,
  Revocation,
  Webhooks,
} from "../provider.ts";
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
  /** What webhooks are checked with. Absent: none are taken. */
  webhook?: WebhookSettings;
}

/** What this app's webhooks are signed with, as the provider's dashboard shows it. */
export interface WebhookSettings {
  /** Shared secrets, any of which counts: there are two while one takes the place of the other. */
  secrets: readonly string[];
  /** The id that the provider gave to our address. PayPal signs it along. */
  id?: string;
  /** PEM certificates to trust beside the public authorities. */
  roots?: string;
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
  issuers?: (client: OAuthClient) => readonly string[];

  /** What the endpoints depend on, from the opening answers. Shopify: the shop. */
  place?: (answers: Answers) => Notes;
  endpoints: (client: OAuthClient, place: Notes) => { authorize: string; token: string };
  /** Parameters of the authorization request besides client_id, redirect_uri and state. */
  authorization: (client: OAuthClient) => Readonly<Record<string, string>>;
  /** Proof key with S256 (RFC 7636). */
  pkce?: boolean;
  /** Checks a signed return; gives what it proves. */
  verify?: (returned: Return, client: OAuthClient, now: Date) => Notes;

  /** Checks a signed request to begin, from the provider's app directory; gives the opening answers that it names. */
  install?: (request: Return, client: OAuthClient, now: Date) => Answers | undefined;

  authenticate: ClientAuthentication;
  /** The form of the code exchange, where it is not RFC 6749 4.1.3. */
  exchange?: (code: string) => Readonly<Record<string, string>>;
  /**
   * `rotating`: each answer brings a refresh token, and one without it is a fault. `kept`: one refresh token for good.
   * `none`: nothing expires.
   */
  refresh: "rotating" | "kept" | "none";
  /** Some apps get an access token alone, which does not end. */
  mayNotEnd?: boolean;
  /** A rotating refresh token may be sent again until the one that replaced it has been used. */
  forgives?: boolean;
  /** Whether a token endpoint's error says that this code or refresh token is dead. Default: `invalid_grant`. */
  rejects?: (error: TokenError) => boolean;
  /** Whether an answer of the token endpoint says that the account itself is closed there for now. */
  isPaused?: (answer: Answer) => boolean;
  /** What a token answer says of where the account is, beside what is known. */
  locate?: (answer: TokenAnswer) => Notes;
  /** What is kept of a token answer, where it is not the tokens. */
  keep?: (answer: TokenAnswer, client: OAuthClient, http: Gate) => Promise<Credentials>;

  /** Which of the scopes we need are not among those granted. */
  missing: (granted: readonly string[], client: OAuthClient) => string[];
  identify: (access: Access) => Promise<Account>;
  revoke?: (access: Access) => Promise<Revocation>;
  revokesWithAccessToken?: boolean;
  /** Where a user sees what has access, and can end it. `facts`: an account's details, or its credentials' place. */
  lookAt: (client: OAuthClient, facts: Notes) => string;
  /** Whether the refresh token still lives (RFC 7662). */
  introspect?: (access: Access) => Promise<boolean>;
  /** Asks whether the grant still lives, where nothing is refreshed. Throws `grant_rejected` where it does not. */
  probe?: (access: Access) => Promise<void>;
  /** What a back end gets, where it is not the access token. */
  hand?: (credentials: Credentials, client: OAuthClient) => Handed;
  /** Seconds that tokens last by the provider's documentation: where an answer does not say, and at most. */
  accessSeconds?: number;
  refreshSeconds?: number;

  /** Undefined where the client lacks what webhooks are checked with. */
  webhooks?: (client: OAuthClient, http: Gate) => Webhooks | undefined;
  subscribe?: (access: Access, address: string) => Promise<void>;
  unsubscribe?: (access: Access, address: string) => Promise<void>;
}
