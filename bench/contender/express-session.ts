import { nthUser, sessionToken, signedForExpress } from "../world/people.ts";
import { authSecret } from "../world/secrets.ts";
import type { Answer, Ask, Send } from "./contender.ts";
import { accountOf } from "./patchbay.ts";
import { queryOf, redirectOf, requireThat } from "./prove.ts";

export const sessionCookie = (user: number): { cookie: string } => ({
  cookie: `connect.sid=${signedForExpress(sessionToken(user), authSecret)}`,
});

/** Line A as passport's and grant's routes have it. */
export const beginsZoom = (users: number): Ask => ({
  status: 302,
  request: (nth) => ({ method: "GET", path: "/connect/zoom", headers: sessionCookie(nthUser(nth, users)) }),
  prove: (answer) => requireThat(queryOf(redirectOf(answer)).has("code_challenge"), "an authorization address"),
});

/** Begins a connect and returns from the provider. Gives the answer to the return. */
export async function returnFromZoom(nth: number, users: number, send: Send): Promise<Answer> {
  const headers = sessionCookie(nthUser(nth, users));
  const begun = await send({ method: "GET", path: "/connect/zoom", headers });
  const state = queryOf(redirectOf(begun)).get("state") ?? "";
  const returned = new URLSearchParams({ code: accountOf(nth), state }).toString();
  return await send({ method: "GET", path: `/connect/zoom/callback?${returned}`, headers });
}

export function requireConnected(done: Answer): void {
  requireThat(queryOf(redirectOf(done)).get("connected") === "zoom", "a connection");
}
