import { z } from "zod";
import { ConnectError } from "../../errors.ts";
import { parseJsonBody } from "../../http/index.ts";
import { isRejected, type Access } from "../../oauth/index.ts";
import { graphql } from "./admin.ts";

const what = "Shopify's webhook subscriptions";
const userErrors = z.array(z.object({ message: z.string() }));

const create = `mutation ($uri: String!) {
  webhookSubscriptionCreate(topic: APP_UNINSTALLED, webhookSubscription: { uri: $uri, format: JSON }) {
    webhookSubscription { id }
    userErrors { field message }
  }
}`;
const created = z.object({ data: z.object({ webhookSubscriptionCreate: z.object({ userErrors }) }) });

/**
 * Asks for `app/uninstalled` alone, which needs no scope. The three topics of the privacy laws cannot be asked for by API:
 * they are set in the app's own settings.
 */
export async function subscribeToShop(access: Access, address: string): Promise<void> {
  const answer = await graphql(access, { query: create, variables: { uri: address } });
  const failures = parseJsonBody(answer, created, what).data.webhookSubscriptionCreate.userErrors;
  const others = failures.filter(({ message }) => !/already been taken/i.test(message));
  if (others.length > 0) throw new ConnectError("provider_misconfigured", "Shopify refuses our address for webhooks");
}

const list = "{ webhookSubscriptions(first: 250) { nodes { id uri } } }";
const listed = z.object({
  data: z.object({ webhookSubscriptions: z.object({ nodes: z.array(z.object({ id: z.string(), uri: z.string() })) }) }),
});
const remove = `mutation ($id: ID!) {
  webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
}`;
const removed = z.object({ data: z.object({ webhookSubscriptionDelete: z.object({ userErrors }) }) });

/** Removes every subscription of the shop to our address. Does nothing if the app is no longer installed. */
export async function unsubscribeFromShop(access: Access, address: string): Promise<void> {
  const answer = await graphql(access, { query: list }).catch(absentIfUninstalled);
  if (answer === undefined) return;
  const { nodes } = parseJsonBody(answer, listed, what).data.webhookSubscriptions;
  for (const { id } of nodes.filter(({ uri }) => uri === address)) {
    const answer = await graphql(access, { query: remove, variables: { id } });
    // An error here means that somebody else has removed it.
    parseJsonBody(answer, removed, what);
  }
}

/** Shopify itself removes them when the app is uninstalled. */
function absentIfUninstalled(failure: unknown): undefined {
  if (!isRejected(failure)) throw failure;
}
