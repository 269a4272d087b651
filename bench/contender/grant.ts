import { accountsSchema, fillAccounts, fillSessions, make, sessionSchema } from "../peers/accounts.ts";
import { nthUser } from "../world/people.ts";
import type { Contender } from "./contender.ts";
import { environment } from "./environment.ts";
import { sessionCookie } from "./passport.ts";
import { accountOf } from "./patchbay.ts";
import { queryOf, redirectOf, requireThat } from "./prove.ts";

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
    A: {
      status: 302,
      request: (nth) => ({ method: "GET", path: "/connect/zoom", headers: sessionCookie(nthUser(nth, users)) }),
      prove: (answer) => requireThat(queryOf(redirectOf(answer)).has("code_challenge"), "an authorization address"),
    },
  },
  async walk(nth, send) {
    const headers = sessionCookie(nthUser(nth, users));
    const begun = await send({ method: "GET", path: "/connect/zoom", headers });
    const state = queryOf(redirectOf(begun)).get("state") ?? "";
    const returned = new URLSearchParams({ code: accountOf(nth), state }).toString();
    const landed = await send({ method: "GET", path: `/connect/zoom/callback?${returned}`, headers });
    const done = await send({ method: "GET", path: redirectOf(landed), headers });
    requireThat(queryOf(redirectOf(done)).get("connected") === "zoom", "a connection");
  },
});
