import { accountsSchema, fillAccounts, fillSessions, make, sessionSchema } from "../peers/accounts.ts";
import { nthUser, zoomConnection } from "../world/people.ts";
import type { Contender } from "./contender.ts";
import { environment } from "./environment.ts";
import { beginsZoom, requireConnected, returnFromZoom, sessionCookie } from "./express-session.ts";
import { expectJson, requireThat } from "./prove.ts";

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
    A: beginsZoom(users),
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
    requireConnected(await returnFromZoom(nth, users, send));
  },
});
