import type { HttpResponse, ProviderHttp } from "../http/index.ts";
import type { IdentifiedAccount } from "../account.ts";
import type {
  FormValues,
  Credentials,
  CredentialPayload,
  ProviderState,
  Provider,
  Question,
  AuthorizationResponse,
  Revocation,
  Webhooks,
} from "../provider.ts";
import type { ScopeRules } from "./scopes.ts";
import type { TokenResponse, TokenError } from "./token-response.ts";

/** Our app at a provider, as registered there. */
export interface OAuthClient {
  id: string;
  secret: string;
  /** `live`, `test` or `sandbox`: accounts of one are unknown to the other. */
  mode: string;
  redirectUri: string;
  /** The scopes that the operator chose. Absent: the usual ones. */
  scopes?: readonly string[] | undefined;
  /** What webhooks are checked with. Absent: webhooks are refused. */
  webhook?: WebhookSettings | undefined;
}

/** How a client authenticates at the token endpoint (RFC 6749 2.3.1): adds to the form or to the headers. */
export type ClientAuthentication = (
  client: OAuthClient,
  form: URLSearchParams,
  headers: Record<string, string>,
) => void;

/** What this app's webhooks are signed with, as the provider's dashboard shows it. */
export interface WebhookSettings {
  /** Shared secrets, any of which is accepted: there are two while one replaces the other. */
  secrets: readonly string[];
  /** The id that the provider gave to our address, and includes in the signature. */
  id?: string;
  /** PEM certificates to trust beside the public authorities. */
  roots?: string | undefined;
}

/** What a call to the provider's API as the user needs. */
export interface Access {
  http: ProviderHttp;
  client: OAuthClient;
  credentials: Credentials;
}

/** What the engine needs for one provider. */
export interface OAuthDeps {
  spec: OAuthSpec;
  client: OAuthClient;
  http: ProviderHttp;
}

/** A setting of a spec: a value, or how it follows from our app and from the metadata of the account. */
export type Setting<T> = T | ((client: OAuthClient, metadata: ProviderState) => T);

/**
 * An OAuth provider as a value (RFC 6749). The few odd things of a provider are small functions here, in its own file;
 * the engine never names a provider.
 */
export interface OAuthSpec {
  id: string;
  name: string;
  fields?: readonly Question[];
  grants: Provider["grants"];
  /** The issuers that a callback may name (RFC 9207). */
  issuers?: Setting<readonly string[]>;

  /** What the endpoints depend on, from the form values of the first step. */
  metadataOf?: (values: FormValues) => ProviderState;
  endpoints: Setting<{ authorize: string; token: string }>;
  /** How scopes are asked for and judged, and what each allows. */
  scopes: ScopeRules;
  /** Parameters of the authorization request besides client_id, redirect_uri, scope and state. */
  authorization: Setting<Readonly<Record<string, string>>>;
  /** Proof key with S256 (RFC 7636). */
  pkce?: boolean;
  /** Checks a signed authorization response; gives what the signature proves. */
  verifyResponse?: (response: AuthorizationResponse, client: OAuthClient, now: Date) => ProviderState;

  /** Checks a signed request to begin, from the provider's app directory; gives the form values that it names. */
  parseInstallRequest?: (request: AuthorizationResponse, client: OAuthClient, now: Date) => FormValues | undefined;

  authenticate: ClientAuthentication;
  /** The form of the code exchange, if it is not that of RFC 6749 4.1.3. */
  exchange?: (code: string) => Readonly<Record<string, string>>;
  /**
   * `rotating`: each response brings a refresh token, and one without it is a fault. `kept`: one refresh token for good.
   * `none`: nothing expires.
   */
  refresh: "rotating" | "kept" | "none";
  /** Some apps get an access token alone, which does not end. */
  mayLackExpiry?: boolean;
  /** A rotating refresh token may be sent again until the one that replaced it has been used. */
  refreshTokenReusable?: boolean;
  /** Whether a token endpoint's error says that this code or refresh token is dead. Default: `invalid_grant`. */
  isGrantDead?: (error: TokenError) => boolean;
  /** Whether a response of the token endpoint says that the account itself is closed there for now. */
  isPaused?: (response: HttpResponse) => boolean;
  /** The metadata that a token response brings, in addition to what is known. */
  readMetadata?: (response: TokenResponse) => ProviderState;
  /** Builds the credentials from a token response, if the tokens are not what opens the account. */
  buildCredentials?: (response: TokenResponse, client: OAuthClient, http: ProviderHttp) => Promise<Credentials>;

  identify: (access: Access) => Promise<IdentifiedAccount>;
  revoke?: (access: Access) => Promise<Revocation>;
  revokesWithAccessToken?: boolean;
  /** The provider's page on which a user sees and ends our access. Built from an account's details, or its credentials' metadata. */
  manageUrl: Setting<string>;
  /** Whether the refresh token still lives (RFC 7662). */
  introspect?: (access: Access) => Promise<boolean>;
  /** Asks whether the grant still lives, for a provider without refresh. Throws `grant_rejected` if it does not. */
  probe?: (access: Access) => Promise<unknown>;
  /** The address of the provider's API, and the header for the token if it is not `Authorization: Bearer`. */
  api: Setting<{ baseUrl: string; tokenHeader?: string }>;
  /** What a back end gets, if it is not the access token. `baseUrl`: that of `api`, or of the sandbox in its place. */
  buildPayload?: (credentials: Credentials, client: OAuthClient, baseUrl: string) => CredentialPayload;
  /** Seconds that tokens last by the provider's documentation. They count if a response does not say, and as the maximum. */
  accessSeconds?: number;
  refreshSeconds?: number;

  /** Undefined if the client has nothing to check a signature with. */
  webhooks?: (client: OAuthClient, http: ProviderHttp) => Webhooks | undefined;
  subscribe?: (access: Access, address: string) => Promise<void>;
  unsubscribe?: (access: Access, address: string) => Promise<void>;
}
