// The floor: what the work costs without a framework. One statement a request, written as well as one can.
import { createServer } from "node:http";
import { port } from "../contender/settings.ts";
import { begin } from "./begin.ts";
import { finish, takeReturn } from "./connect.ts";
import { send, type Handler } from "./http.ts";
import { listAccounts } from "./list.ts";
import { createAudit, handOut } from "./token.ts";
import { takeWebhook } from "./webhook.ts";

const token = handOut(() => {});
const auditedToken = handOut(createAudit());

const paths: readonly [string, Handler][] = [
  ["/api/trpc/connections.list", listAccounts],
  ["/api/v1/connections/", token],
  ["/api/v2/connections/", auditedToken],
  ["/api/v1/webhooks/stripe", takeWebhook],
  ["/api/v1/channels/zoom/auth", begin],
  ["/api/v1/channels/zoom/callback", takeReturn],
  ["/api/v1/channels/zoom/connect", finish],
  ["/healthz", async (_request, response) => send(response, 200, "{}")],
];

const server = createServer((request, response) => {
  const url = request.url ?? "";
  const handler = paths.find(([path]) => url.startsWith(path))?.[1];
  if (handler === undefined) return send(response, 404, "{}");
  handler(request, response).catch((failure: unknown) => {
    console.error(failure);
    send(response, 500, "{}");
  });
});
server.keepAliveTimeout = 75_000;
server.listen(port, "127.0.0.1");
