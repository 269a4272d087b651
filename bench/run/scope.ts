import { table } from "./table.ts";

interface Scope {
  name: string;
  /** What it is made of. */
  with?: string;
  does: string;
  doesNot: string;
}

/** What each contender does and does not do. Printed with the figures, and written into docs/bench.md. */
const scopes: readonly Scope[] = [
  {
    name: "floor",
    does: "the same work, for Zoom and Stripe alone: tokens sealed, limits by user, B's audit, job and news, each line's statements",
    doesNot:
      "read input with care, answer errors, count the calls of a service key, write an audit of D, log, know another provider",
  },
  {
    name: "floor, audited",
    does: "D as the floor, and writes its audit and last use in batches, as Patchbay does",
    doesNot: "anything else that the floor does not",
  },
  {
    name: "Patchbay",
    does: "A–F as in production, with everything that it has",
    doesNot: "its background jobs: they are stored and not worked on; a log of requests",
  },
  {
    name: "passport",
    with: "passport-oauth2, express-session and connect-pg-simple",
    does: "A–D, as their READMEs have it: the session is read, the user is looked up, the session is written or touched",
    doesNot:
      "seal tokens, limits, tickets, audit, jobs, revocation; a service key (D is asked with a session); webhooks",
  },
  {
    name: "grant",
    with: "express-session and connect-pg-simple",
    does: "A, B: state and PKCE in the session",
    doesNot: "keep accounts at all: a table is put beside it; the same as passport",
  },
  {
    name: "better-auth",
    with: "genericOAuth",
    does: "A–D: `link-social`, its callback, `list-accounts`, `getAccessToken`, behind a path with a service key (judged), and by session over HTTP (shown)",
    doesNot:
      "seal tokens (it can; off by default), details of an account in its list, audit, webhooks. Its migrations lack an index on provider and account: it is added",
  },
  {
    name: "Auth.js",
    with: "@auth/express and @auth/pg-adapter",
    does: "A–C: state and PKCE in encrypted cookies, so A asks the database nothing; the session and its user are read for C",
    doesNot:
      "refresh or hand out tokens, seal them, audit, webhooks. Its documented tables have no indexes: they are added",
  },
];

/** A short paragraph for each that was measured. */
export function scopeLines(measured: ReadonlySet<string>): string[] {
  return scopes
    .filter(({ name }) => measured.has(name))
    .map(({ name, does, doesNot }) => `${name}\n    does      ${does}\n    does not  ${doesNot}`);
}

export function scopeTable(): string[] {
  const nameOf = (scope: Scope) => `${scope.name}${scope.with === undefined ? "" : ` with ${scope.with}`}`;
  return table(
    ["", "does", "does not"],
    scopes.map((scope) => [nameOf(scope), scope.does, scope.doesNot]),
  );
}
