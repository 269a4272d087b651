import { createHash } from "node:crypto";
import { make } from "../peers/accounts.ts";
import { nthUser, sessionToken } from "../world/people.ts";
import { authSecret } from "../world/secrets.ts";
import type { Contender } from "./contender.ts";
import { environment } from "./environment.ts";
import { accountOf } from "./patchbay.ts";
import { cookiesOf, expectJson, queryOf, redirectOf, requireThat } from "./prove.ts";

/** From the documentation of @auth/pg-adapter, which has no indexes; with one for every look-up that it makes. */
const schema = [
  `create table verification_token (identifier text not null, expires timestamptz not null, token text not null,
     primary key (identifier, token))`,
  `create table accounts (
     id serial primary key, "userId" integer not null, type varchar(255) not null, provider varchar(255) not null,
     "providerAccountId" varchar(255) not null, refresh_token text, access_token text, expires_at bigint, id_token text,
     scope text, session_state text, token_type text)`,
  `create table sessions (
     id serial primary key, "userId" integer not null, expires timestamptz not null, "sessionToken" varchar(255) not null)`,
  `create table users (
     id serial primary key, name varchar(255), email varchar(255), "emailVerified" timestamptz, image text)`,
  `create unique index on accounts (provider, "providerAccountId")`,
  `create index on accounts ("userId")`,
  `create unique index on sessions ("sessionToken")`,
  `create unique index on users (email)`,
];

const fill = [
  `insert into users (name, email) select 'User ' || n, 'user-' || n || '@example.com' from generate_series(1, $1::int) n`,
  `insert into sessions ("userId", expires, "sessionToken")
   select n, now() + interval '30 days', 'session-' || lpad(n::text, 24, '0') from generate_series(1, $1::int) n`,
  `insert into accounts ("userId", type, provider, "providerAccountId", refresh_token, access_token, expires_at, scope, token_type)
   select n, 'oauth', provider, provider || '-' || n, 'rt.' || provider || n || '.0.' || repeat('r', 300),
          'at.' || provider || n || '.0.' || repeat('a', 300), extract(epoch from now())::bigint + 86400,
          'user:read:user user:read:email', 'bearer'
   from generate_series(1, $1::int) n,
        unnest('{zoom,stripe,paypal,calendly,shopify}'::text[]) with ordinality p (provider, at)
   order by n, at`,
];

/** Sent as a cookie, signed, and again in the form. */
const csrf = createHash("sha256").update("bench csrf").digest("hex");
const csrfCookie = `authjs.csrf-token=${csrf}%7C${createHash("sha256").update(`${csrf}${authSecret}`).digest("hex")}`;
const form = new URLSearchParams({ csrfToken: csrf, callbackUrl: "/integrations" }).toString();

const sessionCookie = (user: number): string => `authjs.session-token=${sessionToken(user)}`;

export const authJs = (users: number): Contender => {
  const begin = (nth: number) =>
    ({
      method: "POST",
      path: "/auth/signin/zoom",
      headers: {
        cookie: `${sessionCookie(nthUser(nth, users))}; ${csrfCookie}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: form,
    }) as const;
  return {
    name: "Auth.js",
    database: "auth_js",
    script: import.meta.resolve("../peers/auth-js/main.ts"),
    ready: "/healthz",
    env: environment,
    prepare: (database, people) => make(database, "auth_js", { schema, fill, users: people.users }),
    asks: {
      A: {
        status: 302,
        request: begin,
        prove: (answer) => requireThat(queryOf(redirectOf(answer)).has("code_challenge"), "an authorization address"),
      },
      C: {
        status: 200,
        request: (nth) => ({
          method: "GET",
          path: "/accounts",
          headers: { cookie: sessionCookie(nthUser(nth, users)) },
        }),
        prove: (answer) => requireThat((expectJson(answer) as unknown[]).length === 5, "five accounts"),
      },
    },
    async walk(nth, send) {
      const begun = await send(begin(nth));
      const state = queryOf(redirectOf(begun)).get("state") ?? "";
      const kept = [sessionCookie(nthUser(nth, users)), ...cookiesOf(begun).values()].join("; ");
      const returned = new URLSearchParams({ code: accountOf(nth), state }).toString();
      const done = await send({ method: "GET", path: `/auth/callback/zoom?${returned}`, headers: { cookie: kept } });
      requireThat(redirectOf(done).endsWith("/integrations"), `a connection: ${redirectOf(done)}`);
    },
  };
};
