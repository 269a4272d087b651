// All that this product has of Patchbay: its users connect Zoom and Stripe, and it calls Zoom's API for them.
import { createPatchbay, PatchbayError, type Connection } from "@patchbay/node";
import { Router } from "express";
import { accountsPage } from "./page.ts";
import { getUser, type User } from "./sign-in.ts";

const providers = ["zoom", "stripe"];

export function createAccounts({ url, key, origin }: { url: string; key: string; origin: string }): Router {
  const patchbay = createPatchbay({ url, key });
  const router = Router();

  router.get("/", async (request, response) => {
    const user = getUser(response);
    const { connections } = await patchbay.connections.list({ user: user.id });
    response.send(accountsPage({ user, providers, connections, notice: request.query["notice"] }));
  });

  // The browser goes to Patchbay with a link for this user, which works once.
  router.post("/connect/:provider", async ({ params, query }, response) => {
    const user = getUser(response);
    const connection = query["connection"] === undefined ? undefined : (await find(user, query["connection"])).id;
    const request = { user, providers, connection, goTo: params.provider, returnUrl: `${origin}/connected` };
    response.redirect(303, (await patchbay.sessions.create(request)).url);
  });

  // It comes back here. Who is signed in here has to be the user of the link, or nothing is connected.
  router.get("/connected", async ({ url }, response) => {
    const { searchParams: returned } = new URL(url, origin);
    const session = returned.get("connect_session") ?? "";
    const connectCode = returned.get("connect_code");
    const complete = async (code: string): Promise<string> =>
      await patchbay.sessions.complete(session, { connectCode: code, user: getUser(response).id }).then(
        () => "connected",
        (failure: unknown) => (failure instanceof PatchbayError ? failure.code : "internal"),
      );
    const notice = connectCode === null ? returned.get("error") : await complete(connectCode);
    response.redirect(303, notice === null ? "/" : `/?notice=${encodeURIComponent(notice)}`);
  });

  router.get("/zoom/:connection", async ({ params }, response) => {
    const { id } = await find(getUser(response), params.connection);
    const { api } = await patchbay.connections.token(id);
    const profile = await fetch(`${api.baseUrl}/users/me`, { headers: api.headers });
    response.json(await profile.json());
  });

  router.post("/disconnect/:connection", async ({ params }, response) => {
    await patchbay.connections.delete((await find(getUser(response), params.connection)).id);
    response.redirect(303, "/?notice=disconnected");
  });

  /** The connection, if it is one of this user: the id comes from a browser. */
  async function find(user: User, id: unknown): Promise<Connection> {
    const connection = await patchbay.connections.get(Number(id));
    if (connection.user.id !== user.id) throw new Error("This is a connection of another user.");
    return connection;
  }

  return router;
}
