import { endpoints, people } from "@patchbay/sandbox/people";

/** What the tests know of a provider by themselves, as data: no test branches on which provider it is. */
export interface Subject {
  id: keyof typeof endpoints;
  /** A person of the sandbox, and a second one. */
  person: string;
  other: string;
  /** The query of /auth for each. */
  opening: string;
  otherOpening: string;
  /** The body of POST /connect: each field with the parameter of the page's address that it is taken from. */
  connectBody: Readonly<Record<string, string>>;
  /** The id's name in bodies. */
  idField: "accountId" | "storeId";
  grants: "one per account" | "many";
  /** The hosts of the token, identity and revocation endpoints, and their paths. */
  token: { host: string; path: string };
  identity: { host: string; path: string };
  revocation: { host: string; path: string };
  /** Where the provider tells whether a token lives, if it does (RFC 7662). */
  introspection?: { host: string; path: string };
  /** Whether the page's return is signed, so that no parameter can be changed or added. */
  signsReturn: boolean;
  /** Whether its redirect URI may be the page itself. */
  returnsToPage: boolean;
  /**
   * What a refresh does to the refresh token. `single-use`: the old one is dead, whether or not the answer arrives.
   * `rotating`: a new one comes, and the old one may be sent again until that is used. `lasting`: it stays. `none`: nothing
   * is refreshed.
   */
  refreshToken: "single-use" | "rotating" | "lasting" | "none";
  /** The answers to a refresh which say that the refresh token is dead. */
  deadRefreshes: readonly { status: number; body: unknown }[];
  /** A scope that is less than we ask for, and enough to say whose the account is. */
  lessScope?: string;
  /** How many requests revoke a grant. */
  revocationCalls: number;
  /** Whether an access token is enough to ask whose the account is. If not, the token answer says it, once. */
  identifiesByToken: boolean;
  /** Whether the provider can end the user's consent by API, and not only the tokens. */
  revokes: boolean;
  /** Whether a user who says no is sent back. */
  deniesByReturn: boolean;
  /** Whether our return path finishes by itself, without a POST of the page. */
  finishesOnReturn: boolean;
}

/** Builds a subject: the first two people of the provider in the sandbox, and what is so at most providers. */
function createSubject(id: Subject["id"], differences: Partial<Subject> = {}): Subject {
  const [person = "", other = ""] = Object.keys(people[id]);
  return {
    id,
    person,
    other,
    opening: "",
    otherOpening: "",
    connectBody: { authCode: "code" },
    idField: "accountId",
    grants: "many",
    ...endpoints[id],
    signsReturn: false,
    returnsToPage: false,
    refreshToken: "single-use",
    deadRefreshes: [],
    revocationCalls: 1,
    identifiesByToken: true,
    revokes: true,
    deniesByReturn: true,
    finishesOnReturn: false,
    ...differences,
  };
}

/** The providers that the contract and the attacks run against. */
export const subjects: readonly Subject[] = [
  createSubject("calendly", {
    introspection: { host: endpoints.calendly.token.host, path: "/oauth/introspect" },
    deadRefreshes: [
      {
        status: 400,
        body: { error: "invalid_grant", error_description: "The provided authorization grant is invalid" },
      },
      { status: 401, body: { error: "invalid_grant" } },
    ],
  }),
  createSubject("paypal", {
    revokes: false,
    finishesOnReturn: true,
    returnsToPage: true,
    refreshToken: "lasting",
    deadRefreshes: [
      { status: 400, body: { error: "invalid_request", error_description: "Unable to refresh access token" } },
      { status: 401, body: { error: "invalid_refresh_token", error_description: "Refresh Token is invalid" } },
      { status: 400, body: { error: "access_denied", error_description: "denied" } },
    ],
    // One for each token.
    revocationCalls: 2,
  }),
  createSubject("shopify", {
    opening: "?shop=acme-goods",
    otherOpening: "?shop=acme-outlet",
    connectBody: { shop: "shop", code: "code", state: "state" },
    idField: "storeId",
    grants: "one per account",
    signsReturn: true,
    lessScope: "read_orders",
    refreshToken: "rotating",
    deadRefreshes: [
      {
        status: 401,
        body: { error: "invalid_request", error_description: "This request requires an active refresh_token" },
      },
      { status: 400, body: { error: "invalid_subject_token" } },
    ],
    deniesByReturn: false,
  }),
  createSubject("stripe", {
    connectBody: { authCode: "code", state: "state" },
    grants: "one per account",
    returnsToPage: true,
    lessScope: "read_only",
    refreshToken: "none",
    identifiesByToken: false,
  }),
  createSubject("zoom", {
    connectBody: { authCode: "zoom_code" },
    grants: "one per account",
    deadRefreshes: [
      { status: 400, body: { reason: "Invalid Token!", error: "invalid_grant" } },
      { status: 401, body: { reason: "Invalid Token!", error: "invalid_request" } },
    ],
  }),
];

/** Gets a subject by its provider's id. Throws for an id that no subject has. */
export function getSubject(id: string): Subject {
  const found = subjects.find((subject) => subject.id === id);
  if (found === undefined) throw new Error(`no subject ${id}`);
  return found;
}
