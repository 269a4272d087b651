import type { Face } from "../../face.ts";
import { json } from "../../wire.ts";
import type { Accounts } from "./accounts.ts";

/** Telegram among the other providers: at the control door and on the front page. It is not spoken to over HTTP. */
export function telegramFace(accounts: Accounts, app: object): Face {
  const { people, switches, logins } = accounts.registry;
  return {
    id: "telegram",
    title: "Telegram",
    app: { ...app },
    people,
    switches,
    grants: {
      clear: () => accounts.clear(),
      live: () =>
        logins.all().map(({ person, apiId, dc }) => ({
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
    missing: () => json(404, { message: "Telegram is spoken to in MTProto." }),
  };
}
