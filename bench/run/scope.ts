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
    does: "the same work for Zoom and Stripe: encrypts tokens, limits each user, writes the audit, the job and the notification of B, sends the same statements",
    doesNot:
      "check input, answer errors, count the calls of a service key, write the audit of D, log, know other providers",
  },
  {
    name: "floor, audited",
    does: "D like the floor, and writes its audit and last use in batches, like Patchbay",
    doesNot: "what else the floor does not",
  },
  {
    name: "Patchbay",
    does: "A–F as in production, complete",
    doesNot: "run its background jobs, which are only stored; log requests",
  },
  {
    name: "passport",
    with: "passport-oauth2, express-session and connect-pg-simple",
    does: "A–D as in their READMEs: reads the session, looks the user up, writes or touches the session",
    doesNot:
      "encrypt tokens, limit users, use tickets, audit, jobs, revocation or service keys (D uses a session), receive webhooks",
  },
  {
    name: "grant",
    with: "express-session and connect-pg-simple",
    does: "A, B: state and PKCE in the session",
    doesNot: "store accounts (the benchmark adds a table), nor what passport does not",
  },
  {
    name: "better-auth",
    with: "genericOAuth",
    does: "A–D: `link-social`, its callback, `list-accounts`, `getAccessToken`, behind a path with a service key (judged), and with a session over HTTP (shown)",
    doesNot:
      "encrypt tokens (it can; off by default), list details of an account, audit, receive webhooks. Its migrations lack an index on provider and account, which the benchmark adds",
  },
  {
    name: "Auth.js",
    with: "@auth/express and @auth/pg-adapter",
    does: "A–C: state and PKCE in encrypted cookies, so A sends no statement; reads the session and its user for C",
    doesNot:
      "refresh, issue or encrypt tokens, audit, receive webhooks. Its documented tables have no indexes, which the benchmark adds",
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
