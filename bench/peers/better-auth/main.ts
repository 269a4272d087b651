// better-auth behind bare node:http, as its documentation has it, and one path for a back end that has a service key.
import { hash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { betterAuth } from "better-auth";
import { toNodeHandler } from "better-auth/node";
import { Pool } from "pg";
import { databaseUrl, port, providerUrl, publicUrl, secret } from "../../contender/settings.ts";
import { serviceKey } from "../../world/secrets.ts";
import { options } from "./options.ts";

const pool = new Pool({ connectionString: databaseUrl, max: 10, application_name: "peer" });
const auth = betterAuth(options({ pool, publicUrl, providerUrl, secret }));
const handle = toNodeHandler(auth);
const key = hash("sha256", `Bearer ${serviceKey}`, "buffer");

const server = createServer((request, response) => {
  const url = request.url ?? "";
  if (url === "/healthz") return void response.end("{}");
  const work = url.startsWith("/tokens/") ? hand(request, response) : handle(request, response);
  work.catch((failure: unknown) => {
    console.error(failure);
    response.writeHead(500).end();
  });
});
server.keepAliveTimeout = 75_000;
server.listen(port, "127.0.0.1");

async function hand(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const given = hash("sha256", request.headers.authorization ?? "", "buffer");
  if (!timingSafeEqual(given, key)) return void response.writeHead(401).end();
  const [, , userId = "", accountId = ""] = (request.url ?? "").split("/");
  const tokens = await auth.api.getAccessToken({ body: { userId, accountId } });
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(tokens));
}
