import { accountsSchema, fillAccounts, fillSessions, make, sessionSchema } from "../peers/accounts.ts";
import { nthUser, sessionToken, signedForExpress, zoomConnection } from "../world/people.ts";
import { authSecret } from "../world/secrets.ts";
import type { Contender } from "./contender.ts";
import { environment } from "./environment.ts";
import { accountOf } from "./patchbay.ts";
import { expectJson, queryOf, redirectOf, requireThat } from "./prove.ts";

export const sessionCookie = (user: number): { cookie: string } => ({
  cookie: `connect.sid=${signedForExpress(sessionToken(user), authSecret)}`,
});

const keepsUser = `'passport', json_build_object('user', 'user-' || lpad(n::text, 8, '0'))`;

const usersSchema = `create table users (id text primary key, name text not null, email text not null unique)`;
const fillUsers = `
  insert into users (id, name, email)
  select 'user-' || lpad(n::text, 8, '0'), 'User ' || n, 'user-' || n || '@example.com' from generate_series(1, $1::int) n`;

export const passport = (users: number): Contender => ({
  name: "passport",
  database: "passport",
  script: import.meta.resolve("../peers/passport/main.ts"),
  ready: "/healthz",
  env: environment,
  prepare: (database, people) =>
    make(database, "passport", {
      schema: [usersSchema, accountsSchema, sessionSchema],
      fill: [fillUsers, fillSessions(keepsUser), fillAccounts],
      users: people.users,
    }),
  asks: {
    A: {
      status: 302,
      request: (nth) => ({ method: "GET", path: "/connect/zoom", headers: sessionCookie(nthUser(nth, users)) }),
      prove: (answer) => requireThat(queryOf(redirectOf(answer)).has("code_challenge"), "an authorization address"),
    },
    C: {
      status: 200,
      request: (nth) => ({ method: "GET", path: "/accounts", headers: sessionCookie(nthUser(nth, users)) }),
      prove: (answer) => requireThat((expectJson(answer) as unknown[]).length === 5, "five accounts"),
    },
    D: {
      status: 200,
      request(nth) {
        const user = nthUser(nth, users);
        return { method: "POST", path: `/accounts/${zoomConnection(user)}/token`, headers: sessionCookie(user) };
      },
      prove: (answer) =>
        requireThat((expectJson(answer) as { accessToken: string }).accessToken.startsWith("at."), "an access token"),
    },
  },
  async walk(nth, send) {
    const headers = sessionCookie(nthUser(nth, users));
    const begun = await send({ method: "GET", path: "/connect/zoom", headers });
    const state = queryOf(redirectOf(begun)).get("state") ?? "";
    const returned = new URLSearchParams({ code: accountOf(nth), state }).toString();
    const done = await send({ method: "GET", path: `/connect/zoom/callback?${returned}`, headers });
    requireThat(queryOf(redirectOf(done)).get("connected") === "zoom", "a connection");
  },
});
