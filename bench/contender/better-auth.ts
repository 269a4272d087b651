import { getMigrations } from "better-auth/db/migration";
import { Pool } from "pg";
import { options, pageOrigin } from "../peers/better-auth/options.ts";
import type { Database } from "../world/database.ts";
import { nthUser, sessionToken, signed, userId, zoomConnection } from "../world/people.ts";
import { authSecret, serviceKey } from "../world/secrets.ts";
import type { Contender } from "./contender.ts";
import { environment } from "./environment.ts";
import { accountOf } from "./patchbay.ts";
import { cookiesOf, expectJson, queryOf, redirectOf, requireThat } from "./prove.ts";

/** The indexes that its documentation recommends, and the one that its look-up of an account lacks. */
const indexes = [
  `create index if not exists bench_account_key on account ("providerId", "accountId")`,
  `create index if not exists bench_account_user on account ("userId")`,
  `create index if not exists bench_session_user on session ("userId")`,
  `create index if not exists bench_verification on verification (identifier)`,
];

const fill = [
  `insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
   select 'user-' || lpad(n::text, 8, '0'), 'User ' || n, 'user-' || n || '@example.com', true, now(), now()
   from generate_series(1, $1::int) n`,
  `insert into session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
   select 'sid-' || n, 'session-' || lpad(n::text, 24, '0'), 'user-' || lpad(n::text, 8, '0'),
          now() + interval '7 days', now(), now()
   from generate_series(1, $1::int) n`,
  `insert into account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "accessTokenExpiresAt",
                        scope, "createdAt", "updatedAt")
   select 'account-' || (n - 1) * 5 + at, provider || '-' || n, provider, 'user-' || lpad(n::text, 8, '0'),
          'at.' || provider || n || '.0.' || repeat('a', 300), 'rt.' || provider || n || '.0.' || repeat('r', 300),
          now() + interval '1 day', 'user:read:user,user:read:email', now(), now()
   from generate_series(1, $1::int) n,
        unnest('{zoom,stripe,paypal,calendly,shopify}'::text[]) with ordinality p (provider, at)
   order by n, at`,
];

/** Makes a database as it has it. */
export async function prepareBetterAuth(database: Database, { name, users }: { name: string; users: number }) {
  await database.createDatabase(name);
  const pool = new Pool({ connectionString: database.url(name), max: 1 });
  const setting = { pool, publicUrl: "http://127.0.0.1", providerUrl: "http://127.0.0.1", secret: authSecret };
  await (await getMigrations(options(setting))).runMigrations();
  await pool.end();
  for (const sql of indexes) await database.run(name, sql);
  for (const sql of fill) await database.run(name, sql, [users]);
  await database.run(name, "vacuum analyze");
}

const cookieOf = (user: number): string => `better-auth.session_token=${signed(sessionToken(user), authSecret)}`;

const linking = JSON.stringify({ provider: "zoom", callbackURL: "/integrations" });

export const betterAuth = (users: number): Contender => {
  const begin = (nth: number) =>
    ({
      method: "POST",
      path: "/api/auth/link-social",
      headers: { cookie: cookieOf(nthUser(nth, users)), origin: pageOrigin, "content-type": "application/json" },
      body: linking,
    }) as const;
  return {
    name: "better-auth",
    database: "better_auth",
    script: import.meta.resolve("../peers/better-auth/main.ts"),
    ready: "/healthz",
    env: environment,
    prepare: (database, people) => prepareBetterAuth(database, { name: "better_auth", users: people.users }),
    asks: {
      A: {
        status: 200,
        request: begin,
        prove: (answer) =>
          requireThat(queryOf((expectJson(answer) as { url: string }).url).has("code_challenge"), "an address"),
      },
      C: {
        status: 200,
        request: (nth) => ({
          method: "GET",
          path: "/api/auth/list-accounts",
          headers: { cookie: cookieOf(nthUser(nth, users)) },
        }),
        prove: (answer) => requireThat((expectJson(answer) as unknown[]).length === 5, "five accounts"),
      },
      D: {
        status: 200,
        request(nth) {
          const user = nthUser(nth, users);
          const path = `/tokens/${userId(user)}/account-${zoomConnection(user)}`;
          return { method: "POST", path, headers: { authorization: `Bearer ${serviceKey}` } };
        },
        prove: (answer) =>
          requireThat((expectJson(answer) as { accessToken: string }).accessToken.startsWith("at."), "an access token"),
      },
    },
    async walk(nth, send) {
      const begun = await send(begin(nth));
      const state = queryOf((expectJson(begun) as { url: string }).url).get("state") ?? "";
      const cookie = [cookieOf(nthUser(nth, users)), ...cookiesOf(begun).values()].join("; ");
      const returned = new URLSearchParams({ code: accountOf(nth), state }).toString();
      const done = await send({ method: "GET", path: `/api/auth/callback/zoom?${returned}`, headers: { cookie } });
      requireThat(redirectOf(done).endsWith("/integrations"), `a connection: ${redirectOf(done)}`);
    },
    sweep: { A: "truncate verification", B: "truncate verification" },
  };
};

/** The same, asked for the token by the user's session over HTTP, as its client does. */
export const betterAuthBySession = (users: number): Contender => ({
  name: "better-auth, session",
  database: "better_auth_session",
  script: import.meta.resolve("../peers/better-auth/main.ts"),
  ready: "/healthz",
  env: environment,
  prepare: (database, people) => prepareBetterAuth(database, { name: "better_auth_session", users: people.users }),
  asks: {
    D: {
      status: 200,
      request(nth) {
        const user = nthUser(nth, users);
        const headers = { cookie: cookieOf(user), origin: pageOrigin, "content-type": "application/json" };
        const body = JSON.stringify({ accountId: `account-${zoomConnection(user)}` });
        return { method: "POST", path: "/api/auth/get-access-token", headers, body };
      },
      prove: (answer) =>
        requireThat((expectJson(answer) as { accessToken: string }).accessToken.startsWith("at."), "an access token"),
    },
  },
});
