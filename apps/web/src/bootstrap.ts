import { isSignedOut, parseFailure } from "./failure.ts";
import { createFinishController } from "./finish-connect.ts";
import { consumeReturnUrl, forgetPendingFinish, type ReturnUrl } from "./return-url.ts";
import { isConnectPage } from "./page-session.ts";
import { createApiClient, createQueryClient, getSessionQueryKey } from "./trpc.ts";

/** What the address of a connect link says. Nothing in it is trusted. */
export interface ConnectLink {
  /** The fragment, which no server and no log ever sees. */
  token: string;
  /** The provider that the user wants to go to at once. */
  provider: string | null;
}

/** Builds what the page needs. Reads and cleans the address before anything is requested. */
export function bootstrapPage(page: Pick<Window, "location" | "history">) {
  const { hash, search } = page.location;
  const link: ConnectLink = { token: hash.slice(1), provider: new URLSearchParams(search).get("provider") };
  if (page.location.pathname === "/") page.history.replaceState(null, "", `/integrations${page.location.search}`);
  const returned: ReturnUrl =
    isConnectPage() || page.location.pathname === "/integrations" ? consumeReturnUrl(page) : { type: "none" };
  const client = createApiClient();
  const queries = createQueryClient();
  const finish = createFinishController(returned, async (input) => {
    try {
      const connection = await client.connect.finish.mutate(input);
      forgetPendingFinish(page.history);
      return connection;
    } catch (error) {
      if (parseFailure(error).code !== null) forgetPendingFinish(page.history);
      // Before the page says that the user is signed out, it asks the API.
      if (isSignedOut(error)) await queries.invalidateQueries({ queryKey: getSessionQueryKey() });
      throw error;
    }
  });
  return { client, queries, finish, link };
}
