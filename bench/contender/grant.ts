import { accountsSchema, fillAccounts, fillSessions, make, sessionSchema } from "../peers/accounts.ts";
import { nthUser } from "../world/people.ts";
import type { Contender } from "./contender.ts";
import { environment } from "./environment.ts";
import { beginsZoom, requireConnected, returnFromZoom, sessionCookie } from "./express-session.ts";
import { redirectOf } from "./prove.ts";

const keepsUser = `'user', 'user-' || lpad(n::text, 8, '0')`;

export const grant = (users: number): Contender => ({
  name: "grant",
  database: "grant_peer",
  script: import.meta.resolve("../peers/grant/main.ts"),
  ready: "/healthz",
  env: environment,
  prepare: (database, people) =>
    make(database, "grant_peer", {
      schema: [accountsSchema, sessionSchema],
      fill: [fillSessions(keepsUser), fillAccounts],
      users: people.users,
    }),
  asks: {
    A: beginsZoom(users),
  },
  async walk(nth, send) {
    const landed = await returnFromZoom(nth, users, send);
    const headers = sessionCookie(nthUser(nth, users));
    requireConnected(await send({ method: "GET", path: redirectOf(landed), headers }));
  },
});
