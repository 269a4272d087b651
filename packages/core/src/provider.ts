import type { ConnectError } from "./errors.ts";

/** A form's fields, or a callback's query: to a provider they are the same thing. */
export type FormValues = Readonly<Record<string, string>>;

/** What a provider leaves itself for the next step. Sealed at rest. */
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
  /** How many characters an answer has, where that is known. */
  length?: number;
  /** A page of the provider, over https, where the answer is to be found. */
  link?: string;
  /** Whether `{ again: "" }` in place of an answer asks for a new code. */
  resend?: boolean;
  /** When a new code may be asked for, ISO 8601. Absent: at once. */
  resendAt?: string;
}

/** How an attempt may begin: by a redirect to the provider, by an answer to a first question, or by scanning a code. */
export type ConnectMethod = "redirect" | "ask" | "scan";

/** Who was connected, as the provider tells it. `id` never changes at the provider; everything else may. */
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
  /** When the refresh token ends, where the provider says so. */
  refreshExpiresAt?: Date;
  /** What else a call needs: the shop, the account id at the platform. */
  metadata: ProviderState;
}

/** What a provider has granted. */
export interface Grant {
  account: Account;
  credentials: Credentials;
  scopes: readonly string[];
  /** Scopes that were asked for, are needed, and were not granted. */
  missing: readonly string[];
}

/** Where an attempt stands. Connecting any account is: begin, then resume until `connected`. */
export type Step =
  | { type: "redirect"; to: URL; notes: ProviderState }
  /**
   * `rejected`: the last answer was wrong, and the same is asked again. Wrong answers are counted by the flow, for each
   * user and `subject` (whom the answers are guesses about: a phone number), across attempts.
   */
  | {
      type: "ask";
      question: Question;
      subject: string;
      rejected?: "code_rejected" | "password_rejected";
      notes: ProviderState;
    }
  | { type: "scan"; code: string; until: Date; notes: ProviderState }
  | { type: "connected"; grant: Grant }
  /** The provider granted access and then something failed: these credentials live and nobody will hold them. */
  | { type: "orphaned"; credentials: Credentials; scopes?: readonly string[]; failure: ConnectError };

/** What a provider may know of the attempt it serves. */
export interface FlowContext {
  redirectUri: string;
  /** How a step may wait at the provider for something that the user does there, a scan. Absent: it does not wait. */
  wait?: { ms: number; signal?: AbortSignal };
}

/** What came of a revocation. `unsupported`: the user has to end the access at `manageUrl`. */
export type Revocation = { outcome: "revoked" } | { outcome: "unsupported"; manageUrl: string };

/**
 * How a back end calls the provider's API with a credential: `fetch(baseUrl + path, { headers })`, where `path` begins
 * with a slash. `baseUrl` does not end with one.
 */
export interface ProviderApi {
  baseUrl: string;
  headers: Readonly<Record<string, string>>;
}

/** What a product's back end gets for a connection: what opens the account, in the provider's own terms. */
export type CredentialPayload =
  /** `metadata` is what else a call may need, the shop for one. */
  | { type: "bearer"; accessToken: string; metadata: ProviderState; api: ProviderApi }
  /** Stripe: the caller adds the platform's own key to `api.headers`, in `Authorization`. */
  | { type: "stripe_account"; stripeAccountId: string; livemode: boolean; api: ProviderApi }
  | { type: "telegram_session"; session: string };

/** A webhook delivery as it came. Header names are in lower case. */
export interface WebhookDelivery {
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** A delivery whose signature held. `id` is the same for every delivery of one event. */
export type WebhookNotification =
  | { type: "event"; id: string; topic: string }
  /** The provider asks whether we are there, and wants this as JSON. */
  | { type: "challenge"; answer: Readonly<Record<string, string>> };

/** What an event means here. `account` is the id that `Account.id` has. */
export type EventEffect =
  /** The account's owner removed the app there. To be believed once the provider itself has been asked. */
  | { type: "ended"; account: string }
  /** All that is kept of the account has to go, unless it was connected anew. */
  | { type: "erase"; account: string }
  | { type: "none" };

/** How a provider tells of what happens there. */
export interface Webhooks {
  /** Checks the signature over the raw bytes, and freshness. Throws `invalid_signature`, or `provider_unavailable`. */
  receive(delivery: WebhookDelivery, now: Date): WebhookNotification | Promise<WebhookNotification>;
  /** Reads an event that was received. Pure: an event that is not understood means nothing. */
  read(topic: string, body: Buffer): EventEffect;
}

/** A provider's return as it came, so that a signature over the raw query can be checked. */
export interface AuthorizationResponse {
  /** The parameters that came exactly once, decoded. */
  parameters: FormValues;
  /** The names of parameters that came more than once. */
  repeated: readonly string[];
}

/** The seam: everything Patchbay knows of a kind of account. */
export interface Provider {
  id: string;
  name: string;
  /** One sentence for the user: what connecting gives. */
  description: string;
  fields: readonly Question[];
  methods: readonly ConnectMethod[];
  /**
   * `one per account`: the provider keeps one live grant for each app and account, so that a new one ends the old, and
   * users of the same account share a credential. `many`: grants live side by side.
   */
  grants: "one per account" | "many";
  /** The app's identity at the provider. Part of a credential's key: another app's grants are other grants. */
  client: { id: string; mode: string };
  redirectUri: string;
  /** Who signs this provider's returns (RFC 9207), under each name it may use. A return that names another is refused. */
  issuers?: readonly string[];

  /**
   * Begins an attempt under `state`, 256 random bits as base64url. Throws `ConnectError` (`invalid_shop`, …) for values that it
   * cannot use. A redirect flow begins without network.
   */
  begin(context: FlowContext & { state: string }, values: FormValues): Promise<Step>;
  /**
   * Finds whom `begin` sends a code to with these values. Codes are limited, for each recipient and for the installation.
   * Throws as `begin` does. Absent, or undefined: no code is sent.
   */
  codeRecipient?(values: FormValues): Promise<string | undefined>;
  /** Takes the next step. Anything that reaches the provider is sent once. */
  resume(context: FlowContext, state: ProviderState, values: FormValues): Promise<Step>;
  /** Checks a signed return, without network or notes; throws `ConnectError`. What it gives back joins the notes. */
  verifyResponse?(returned: AuthorizationResponse, now: Date): ProviderState;
  /**
   * Checks a signed request by which the provider itself has a user begin here: an installation from its app directory.
   * Gives the opening answers that it names; undefined: it is no such request. Throws `invalid_hmac`.
   */
  parseInstallRequest?(request: AuthorizationResponse, now: Date): FormValues | undefined;
  /** Gives up an attempt that will not be finished, and with it whatever it holds at the provider. */
  abandon?(context: FlowContext, state: ProviderState): Promise<void>;
  /** New credentials for old. Throws `needs_reconnect` where the provider says that the grant is dead. */
  refresh?(credentials: Credentials): Promise<Credentials>;
  /** Seconds that an access token lasts by the provider's documentation. */
  accessSeconds?: number;
  /** A refresh token is spent by its first use, whether or not the answer arrives. */
  singleUseRefreshToken?: boolean;
  /** Whether the refresh token still lives (RFC 7662), for a refresh whose answer never came. Absent: it is sent again. */
  introspect?(credentials: Credentials): Promise<boolean>;
  /** Asks whether the grant still lives, where nothing is refreshed. Throws `needs_reconnect` where it does not. */
  probe?(credentials: Credentials): Promise<void>;
  /** What a back end gets. Credentials must be fresh. */
  buildPayload(credentials: Credentials): CredentialPayload;
  /** What `buildPayload` gives must not be used in two places at once: one back end at a time gets a lease on it. */
  exclusiveLease?: boolean;
  webhooks?: Webhooks;
  /** Registers this address for the account's events. Done twice, it changes nothing. */
  subscribe?(credentials: Credentials, address: string): Promise<void>;
  /** Removes what `subscribe` registered. */
  unsubscribe?(credentials: Credentials, address: string): Promise<void>;
  /** Finds out whose the credentials are. Asked again where the first answer did not come. */
  identify?(credentials: Credentials): Promise<Account>;
  /** Ends the grant at the provider. A grant that is already dead counts as revoked. */
  revoke?(credentials: Credentials): Promise<Revocation>;
  /** Whether `revoke` needs an access token that is still valid. */
  revokesWithAccessToken?: boolean;
  /** Where a user sees at the provider what has access, and can end it. `facts`: an account's details, or its credentials' place. */
  manageUrl?: (facts: ProviderState) => string;
}
