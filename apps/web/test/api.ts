import type { Connection, FailureCode, FailureData, ProviderCard } from "@patchbay/api/router";
import { vi } from "vitest";

/** A call of the API, with the address of the page when it was sent. */
export interface Call {
  path: string;
  input: unknown;
  /** The address of the page. */
  address: string;
  /** Which of the browser's sessions the call is for. Null for that of the signed-in user. */
  session: string | null;
}

type Answer = (input: Record<string, unknown>) => unknown;

/** A failure that the API answers with. */
export class Refused extends Error {
  readonly failure: FailureCode;
  readonly field: string | undefined;
  readonly retryAfter: number | undefined;

  readonly account: FailureData["account"];

  constructor(failure: FailureCode, field?: string, retryAfter?: number) {
    super(failure);
    this.failure = failure;
    this.field = field;
    this.retryAfter = retryAfter;
  }

  /** A failure that names the account that the user signed in to at the provider. */
  static as(failure: FailureCode, account: NonNullable<FailureData["account"]>): Refused {
    return Object.assign(new Refused(failure), { account });
  }
}

/** Builds a provider as the API lists it. */
export const buildCard = (id: string, more: Partial<ProviderCard> = {}): ProviderCard => ({
  id,
  name: id.charAt(0).toUpperCase() + id.slice(1),
  permissions: [{ scope: "profile", words: "See your name" }],
  configured: true,
  fields: [],
  methods: ["redirect"],
  ...more,
});

/** A provider that needs a field before the redirect. */
export const shopifyCard = buildCard("shopify", {
  fields: [{ name: "shop", label: "Your shop’s domain", suffix: ".myshopify.com" }],
});

/** Builds a connection as the API lists it. */
export const buildAccount = (more: Partial<Connection> = {}): Connection => ({
  id: 7,
  provider: "zoom",
  label: "Ada Lovelace",
  email: "ada@example.com",
  status: "active",
  reason: null,
  scopes: [],
  missingScopes: [],
  details: {},
  connectedAt: "2026-11-23T10:00:00.000Z",
  lastUsedAt: null,
  endsAt: null,
  ...more,
});

const signedIn: Record<string, Answer> = {
  "session.get": () => ({ user: { email: "ada@example.com", name: "Ada" }, signUp: "open" }),
  "providers.list": () => [buildCard("calendly"), buildCard("paypal"), shopifyCard, buildCard("zoom")],
  "connections.list": () => [],
};

/** Replaces the network. A REST answer is `[status, body, headers?]`, a tRPC answer is the plain value. Returns the calls. */
export function fakeApi(answers: Record<string, Answer> = {}): Call[] {
  const calls: Call[] = [];
  const known = { ...signedIn, ...answers };
  const recordCall = async (path: string, session: string | null, input: unknown): Promise<unknown> => {
    calls.push({ path, input, address: location.href, session });
    return known[path]?.((input ?? {}) as Record<string, unknown>);
  };
  vi.stubGlobal("fetch", async (url: string, { body }: { body?: string } = {}) => {
    const { pathname, searchParams } = new URL(url, location.href);
    const inputs = JSON.parse(body ?? searchParams.get("input") ?? "{}") as Record<string, unknown>;
    const session = searchParams.get("session");
    if (!pathname.startsWith("/api/trpc/")) {
      const [status, answer, headers] = (await recordCall(pathname, session, inputs)) as [
        number,
        unknown,
        HeadersInit?,
      ];
      return Response.json(answer, { status, ...(headers && { headers }) });
    }
    const paths = pathname.slice("/api/trpc/".length).split(",");
    return Response.json(
      await Promise.all(paths.map((path, index) => frameAnswer(() => recordCall(path, session, inputs[index])))),
    );
  });
  return calls;
}

async function frameAnswer(answer: () => Promise<unknown>): Promise<unknown> {
  try {
    return { result: { data: await answer() } };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { failure, field, retryAfter, account } = error;
    return {
      error: {
        message: failure,
        code: -32_600,
        data: { code: "BAD_REQUEST", httpStatus: 400, failure, field, retryAfter, account },
      },
    };
  }
}
