import { failureOf, isSignedOut } from "./failure.ts";
import { createLander } from "./landing.ts";
import { forgetReturn, type Return, takeReturn } from "./return.ts";
import { createClient, createQueries, sessionKey } from "./trpc.ts";

/** Builds what the page stands on. Reads and cleans the address first, before anything can be requested. */
export function start(page: Pick<Window, "location" | "history">) {
  if (page.location.pathname === "/") page.history.replaceState(null, "", `/integrations${page.location.search}`);
  const returned: Return = page.location.pathname === "/integrations" ? takeReturn(page) : { type: "none" };
  const client = createClient();
  const queries = createQueries();
  const lander = createLander(returned, async (input) => {
    try {
      const connection = await client.connect.finish.mutate(input);
      forgetReturn(page.history);
      return connection;
    } catch (error) {
      if (failureOf(error).code !== null) forgetReturn(page.history);
      // Signed out on the way: find that out for certain before saying so.
      if (isSignedOut(error)) await queries.invalidateQueries({ queryKey: sessionKey });
      throw error;
    }
  });
  return { client, queries, lander };
}
