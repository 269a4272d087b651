// The provider that everybody connects to: answers at once, or as late as it is told, and counts what it is asked.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createTokens } from "./tokens.ts";

const fresh = () => ({ token: 0, refresh: 0, identity: 0, reused: 0, refused: 0 });

const tokens = createTokens();
let counts = fresh();
let latencyMs = 0;

const server = createServer((request, response) => {
  answer(request, response).catch((failure: unknown) => response.writeHead(500).end(String(failure)));
});
server.keepAliveTimeout = 120_000;
server.listen(Number(process.env["PORT"]), "127.0.0.1");

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "").split("?")[0] ?? "";
  if (path === "/_/counts") return json(response, 200, counts);
  if (path === "/_/reset") return reset(request, response);
  const body = request.method === "POST" ? await read(request) : "";
  if (path.endsWith("/token")) return await grant(new URLSearchParams(body), path, response);
  identify(request, response, path);
}

function reset(request: IncomingMessage, response: ServerResponse): void {
  const { searchParams } = new URL(request.url ?? "", "http://localhost");
  latencyMs = Number(searchParams.get("latency") ?? 0);
  counts = fresh();
  tokens.forget();
  json(response, 200, {});
}

async function grant(form: URLSearchParams, path: string, response: ServerResponse): Promise<void> {
  const refreshing = form.get("grant_type") === "refresh_token";
  counts[refreshing ? "refresh" : "token"] += 1;
  if (latencyMs > 0) await sleep(latencyMs);
  const granted = refreshing
    ? tokens.refresh(form.get("refresh_token") ?? "")
    : tokens.exchange(form.get("code") ?? "");
  if (granted.type === "refused") {
    counts[granted.reused ? "reused" : "refused"] += 1;
    return json(response, 400, { error: "invalid_grant" });
  }
  const { accessToken: access_token, refreshToken: refresh_token, account } = granted;
  const stripe = { stripe_user_id: `acct_${account}`, livemode: false, scope: "read_write", token_type: "bearer" };
  const usual = { token_type: "bearer", expires_in: 3600, scope: "user:read:user" };
  json(response, 200, { access_token, refresh_token, ...(path.includes("stripe") ? stripe : usual) });
}

function identify(request: IncomingMessage, response: ServerResponse, path: string): void {
  counts.identity += 1;
  const account = tokens.accountOf((request.headers.authorization ?? "").replace(/^bearer /i, ""));
  const stripeAccount = /^\/api\.stripe\.com\/v1\/accounts\/(acct_\w+)$/.exec(path)?.[1];
  if (stripeAccount !== undefined) return json(response, 200, { id: stripeAccount, type: "standard" });
  if (account === undefined) return json(response, 401, { error: "invalid_token" });
  const email = `${account}@example.com`;
  const person = { id: account, sub: account, email, email_verified: true, display_name: account, name: account };
  json(response, 200, { ...person, user_id: account, payer_id: account, emails: [{ value: email, primary: true }] });
}

function json(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    .end(text);
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
