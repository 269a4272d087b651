import { isSignedOut, parseFailure } from "./failure.ts";
import { createFinishController } from "./finish-connect.ts";
import { consumeReturnUrl, forgetPendingFinish, type ReturnUrl } from "./return-url.ts";
import { createApiClient, createQueryClient, sessionQueryKey } from "./trpc.ts";

/** Builds what the page needs. Reads and cleans the address before anything is requested. */
export function bootstrapPage(page: Pick<Window, "location" | "history">) {
  if (page.location.pathname === "/") page.history.replaceState(null, "", `/integrations${page.location.search}`);
  const returned: ReturnUrl = page.location.pathname === "/integrations" ? consumeReturnUrl(page) : { type: "none" };
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
      if (isSignedOut(error)) await queries.invalidateQueries({ queryKey: sessionQueryKey });
      throw error;
    }
  });
  return { client, queries, finish };
}
