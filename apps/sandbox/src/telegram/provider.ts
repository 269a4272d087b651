import type { SimulatedProvider } from "../provider.ts";
import { jsonResponse } from "../http/messages.ts";
import type { TelegramAccounts } from "./accounts.ts";

/** Creates Telegram's entry among the providers, for the control API and the front page. Telegram is not reached over HTTP. */
export function createTelegramProvider(accounts: TelegramAccounts, app: object): SimulatedProvider {
  const { people, switches, logins } = accounts.state;
  return {
    id: "telegram",
    title: "Telegram",
    app: { ...app },
    people,
    switches,
    grants: {
      clear: () => accounts.clear(),
      listUsable: () =>
        logins.listAll().map(({ person, apiId, dc }) => ({
          person,
          clientId: String(apiId),
          realm: `DC ${dc}`,
          scopes: [],
          live: true,
          accessTokens: 1,
          refreshTokens: 0,
        })),
    },
    routes: [],
    page: { path: "/telegram", title: "Their phones" },
    notFound: () => jsonResponse(404, { message: "Telegram is spoken to in MTProto." }),
  };
}
