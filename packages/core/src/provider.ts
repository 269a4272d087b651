import type { ConnectError } from "./errors.ts";

/** The values of a form, or the parameters of a callback: a provider treats them alike. */
export type FormValues = Readonly<Record<string, string>>;

/** What a provider stores for its own next step, or to call the account's API. Sealed at rest. */
export type ProviderState = Readonly<Record<string, string>>;

/** Something that the user types when an attempt begins, or at a later step. */
export interface Question {
  name: string;
  label: string;
  hint?: string;
  placeholder?: string;
  autocomplete?: string;
  suffix?: string;
  /** What kind of text: which keyboard a telephone shows, and whether it is hidden. Default: `text`. */
  input?: "text" | "tel" | "numeric" | "password";
  /** How many characters an answer has, if that is known. */
  length?: number;
  /** A page of the provider, over https, that shows the answer. */
  link?: string;
  /** Whether `{ again: "" }` in place of an answer asks for a new code. */
  resend?: boolean;
  /** When a new code may be asked for, ISO 8601. Absent: at once. */
  resendAt?: string;
}

/** How an attempt may begin: by a redirect to the provider, by an answer to a first question, or by scanning a code. */
export type ConnectMethod = "redirect" | "ask" | "scan";

/** The account, as the provider describes it. `id` never changes at the provider; everything else may. */
export interface Account {
  id: string;
  label: string;
  email?: string;
  /** Further facts that may be shown to the user. Never a secret. */
  details: Readonly<Record<string, string>>;
}

/** What opens the account. Sealed at rest, and never sent to a browser. */
export interface Credentials {
  accessToken?: string;
  refreshToken?: string;
  /** When the access token ends. Absent: it does not. */
  expiresAt?: Date;
  /** When the refresh token ends, if the provider says so. */
  refreshExpiresAt?: Date;
  /** What a call to the provider needs besides the token: the shop, the account id at the platform. */
  metadata: ProviderState;
}

/** Something that a user allows at a provider. */
export interface Permission {
  /** The provider's own name for it. */
  scope: string;
  /** What it allows, in the user's words. Absent: Patchbay knows no more than its name. */
  words?: string;
}

/** A scope that connections need, and the scopes that include it: a grant of any of them grants it. */
export interface NeededScope {
  scope: string;
  /** The scope itself is the first of them. */
  includedIn: readonly string[];
}

/** What a provider has granted. */
export interface Grant {
  account: Account;
  credentials: Credentials;
  scopes: readonly string[];
  /** Scopes that were asked for, are needed, and were not granted. */
  missing: readonly string[];
}

/** The current step of an attempt. To connect any account: begin, then resume until `connected`. */
export type Step =
  | { type: "redirect"; to: URL; providerState: ProviderState }
  /**
   * `rejected`: the last answer was wrong, and the same is asked again. The flow counts wrong answers over all attempts, for
   * each user and each `subject`: the phone number whose code or password somebody may be guessing.
   */
  | {
      type: "ask";
      question: Question;
      subject: string;
      rejected?: "code_rejected" | "password_rejected";
      providerState: ProviderState;
    }
  | { type: "scan"; code: string; until: Date; providerState: ProviderState }
  | { type: "connected"; grant: Grant }
  /** The provider granted access and then something failed: the credentials are valid, and no connection will hold them. */
  | { type: "orphaned"; credentials: Credentials; scopes?: readonly string[]; failure: ConnectError };

/** What a provider gets to know of the attempt. */
export interface FlowContext {
  redirectUri: string;
  /** How long a step may wait for what the user does at the provider, such as a scan. Absent: it does not wait. */
  wait?: { ms: number; signal?: AbortSignal };
  /**
   * The scopes that this attempt asks for in place of those configured. What identifies the account is asked for besides.
   * Only `begin` needs them: it keeps what it asked for in the provider state.
   */
  scopes?: readonly string[];
}

/** The result of a revocation. `unsupported`: the user has to end the access at `manageUrl`. */
export type Revocation = { outcome: "revoked" } | { outcome: "unsupported"; manageUrl: string };

/**
 * How a back end calls the provider's API with a credential: `fetch(baseUrl + path, { headers })`, where `path` begins
 * with a slash. `baseUrl` does not end with one.
 */
export interface ProviderApi {
  baseUrl: string;
  headers: Readonly<Record<string, string>>;
}

/** What a back end gets for a connection: what opens the account, in the provider's own terms. */
export type CredentialPayload =
  /** `metadata`: see `Credentials`. */
  | { type: "bearer"; accessToken: string; metadata: ProviderState; api: ProviderApi }
  /** Stripe: the caller adds the platform's own key to `api.headers`, in `Authorization`. */
  | { type: "stripe_account"; stripeAccountId: string; livemode: boolean; api: ProviderApi }
  | { type: "telegram_session"; session: string };

/** A webhook delivery as it came. Header names are in lower case. */
export interface WebhookDelivery {
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** A delivery with a valid signature. `id` is the same for every delivery of one event. */
export type WebhookNotification =
  | { type: "event"; id: string; topic: string }
  /** The provider asks whether we are there, and wants this as JSON. */
  | { type: "challenge"; answer: Readonly<Record<string, string>> };

/** What an event means here. `account` is an `Account.id`. */
export type EventEffect =
  /** The account's owner removed the app there. Nothing ends before the provider itself has been asked. */
  | { type: "ended"; account: string }
  /** Everything about the account has to be deleted, unless it was connected anew. */
  | { type: "erase"; account: string }
  | { type: "none" };

/** How a provider tells us of events. */
export interface Webhooks {
  /** Checks the signature over the raw bytes, and the age. Throws `invalid_signature`, or `provider_unavailable`. */
  receive(delivery: WebhookDelivery, now: Date): WebhookNotification | Promise<WebhookNotification>;
  /** Reads the effect of an event that was received. Pure. An event that it does not know has none. */
  read(topic: string, body: Buffer): EventEffect;
}

/** The parameters of a callback, as they came: a signature covers them all. */
export interface AuthorizationResponse {
  /** The parameters that came exactly once, decoded. */
  parameters: FormValues;
  /** The names of parameters that came more than once. */
  repeated: readonly string[];
}

/** Everything that Patchbay knows about one kind of account. */
export interface Provider {
  id: string;
  name: string;
  fields: readonly Question[];
  methods: readonly ConnectMethod[];
  /**
   * `one per account`: the provider keeps one live grant for each app and account, so that a new one ends the old, and
   * users of the same account share a credential. `many`: grants live side by side.
   */
  grants: "one per account" | "many";
  /** The app's identity at the provider. Part of what identifies a credential: grants of another app are other grants. */
  client: { id: string; mode: string };
  redirectUri: string;
  /** The scopes that a connection needs by what is configured now. Absent: its access is not divided into scopes. */
  neededScopes?: readonly NeededScope[];
  /** The issuers that an authorization response may name in `iss` (RFC 9207). A response that names another one is refused. */
  issuers?: readonly string[];

  /**
   * Begins an attempt under `state`, 256 random bits as base64url. Throws `ConnectError` (`invalid_shop`, …) for values that it
   * cannot use, and `invalid_request` for scopes that it does not have. A redirect flow begins without network.
   */
  begin(context: FlowContext & { state: string }, values: FormValues): Promise<Step>;
  /**
   * Finds the recipient of the code that `begin` sends with these values. Codes are limited for each recipient and for the
   * installation. Throws the errors of `begin`. Absent, or undefined: no code is sent.
   */
  codeRecipient?(values: FormValues): Promise<string | undefined>;
  /** Takes the next step. Anything that reaches the provider is sent once. */
  resume(context: FlowContext, providerState: ProviderState, values: FormValues): Promise<Step>;
  /**
   * Checks a signed authorization response, without network. Gives what the signature proves: `resume` gets it with the
   * provider state. Throws `ConnectError`.
   */
  verifyResponse?(response: AuthorizationResponse, now: Date): ProviderState;
  /**
   * Checks a signed request with which the provider sends a user to us: an installation from its app directory. Gives the form
   * values that it names; undefined: it is no such request. Throws `invalid_hmac`.
   */
  parseInstallRequest?(request: AuthorizationResponse, now: Date): FormValues | undefined;
  /** Gives up an attempt that will not be finished, and what it holds at the provider. */
  abandon?(context: FlowContext, providerState: ProviderState): Promise<void>;
  /** Gets new credentials for old ones. Throws `needs_reconnect` if the provider says that the grant is dead. */
  refresh?(credentials: Credentials): Promise<Credentials>;
  /** Seconds that an access token lasts by the provider's documentation. */
  accessSeconds?: number;
  /** The first use of a refresh token spends it, whether or not the response arrives. */
  singleUseRefreshToken?: boolean;
  /** Whether the refresh token is still valid (RFC 7662), after a refresh without a response. Absent: the refresh is sent again. */
  introspect?(credentials: Credentials): Promise<boolean>;
  /** Asks whether the grant still lives, for a provider without refresh. Throws `needs_reconnect` if it does not. */
  probe?(credentials: Credentials): Promise<void>;
  /** Builds what a back end gets. The access token must be valid. */
  buildPayload(credentials: Credentials): CredentialPayload;
  /** The credentials must not be used in two places at once: one back end at a time gets them, with a lease. */
  exclusiveLease?: boolean;
  webhooks?: Webhooks;
  /** Registers this address for the account's events. A second call changes nothing. */
  subscribe?(credentials: Credentials, address: string): Promise<void>;
  /** Removes what `subscribe` registered. */
  unsubscribe?(credentials: Credentials, address: string): Promise<void>;
  /** Finds out whose account it is, if the exchange of the code did not. */
  identify?(credentials: Credentials): Promise<Account>;
  /** Ends the grant at the provider. A grant that is already dead counts as revoked. */
  revoke?(credentials: Credentials): Promise<Revocation>;
  /** Whether `revoke` needs an access token that is still valid. */
  revokesWithAccessToken?: boolean;
  /** Builds the provider's page on which a user sees and ends our access. `metadata`: the account's details, or its credentials' metadata. */
  manageUrl?: (metadata: ProviderState) => string;
}
