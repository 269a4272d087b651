import type { ChildProcess } from "node:child_process";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import type { Server } from "node:https";
import { freePort } from "@patchbay/postgres";
import { chromium as browserType, expect, test, type Browser, type Page } from "@playwright/test";
import { Client } from "pg";
import { chromium } from "./support/chromium.ts";
import { ownHost, siblingHost, startTls } from "./support/https.ts";
import { runProgram, stopProgram, waitForAnswer } from "./support/program.ts";

const authSecret = randomBytes(32).toString("hex");
const own = `https://${ownHost}`;
const sibling = `https://${siblingHost}`;
const start = "/api/v1/channels/calendly";

let api: ChildProcess;
let tls: Server;
let browser: Browser;
/** The cookies that the sibling's page sets. */
let planted: string[] = [];

test.beforeAll(async () => {
  const port = await freePort();
  // As in production: the sandbox lets no process stand behind an address that others can reach.
  api = runProgram("apps/api/src/main.ts", {
    PORT: String(port),
    PUBLIC_URL: own,
    DATABASE_URL: process.env["E2E_LIVE_DATABASE_URL"] ?? "",
    AUTH_SECRET: authSecret,
    ENCRYPTION_KEYS: `e2e:${randomBytes(32).toString("base64")}`,
    TRUST_PROXY: "1",
    WORKERS: "0",
    LOG_LEVEL: "error",
    CALENDLY_CLIENT_ID: "a-calendly-client-id",
    CALENDLY_CLIENT_SECRET: "not a real secret",
  });
  await waitForAnswer(`http://127.0.0.1:${port}/readyz`, api);
  const front = await startTls(port, (_request, response) => {
    response.setHeader("Set-Cookie", planted);
    response.setHeader("Content-Type", "text/html").end("<h1>Somebody else's page</h1>");
  });
  tls = front.server;
  const { args, ...launch } = chromium();
  const rules = ["*.example.test", "auth.calendly.com"].map((host) => `MAP ${host} 127.0.0.1:${front.port}`).join(", ");
  browser = await browserType.launch({
    ...launch,
    args: [...args, "--ignore-certificate-errors", `--host-resolver-rules=${rules}`],
  });
});
test.afterAll(async () => {
  await browser.close();
  tls.closeAllConnections();
  tls.close();
  await stopProgram(api);
});

/** Signs up on the page. Gives the address that whoever it is signed up with. */
async function signUp(page: Page): Promise<string> {
  const email = `${randomUUID()}@example.com`;
  await page.goto(`${own}/sign-in`);
  const account = JSON.stringify({ email, password: "correct horse", name: "Ada Test" });
  const status = await page.evaluate(async (body) => {
    const headers = { "content-type": "application/json" };
    return (await fetch("/api/auth/sign-up/email", { method: "POST", headers, body })).status;
  }, account);
  expect(status).toBe(200);
  await page.goto(`${own}/integrations`);
  await expect(page.getByRole("region", { name: "Calendly", exact: true })).toBeVisible();
  return email;
}

/** Begins to connect Calendly. Its own page is not reached: whose attempt it is stands in the database. */
async function begin(page: Page): Promise<void> {
  await page
    .getByRole("region", { name: "Calendly", exact: true })
    .getByRole("button", { name: /^Connect/ })
    .click();
  await page.waitForURL("https://auth.calendly.com/**");
}

async function query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({
    connectionString: process.env["E2E_LIVE_DATABASE_URL"],
    options: "-c search_path=patchbay",
  });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Whose the attempts of the last minute are, newest first. */
async function owners(): Promise<string[]> {
  const rows = await query<{ email: string }>(
    `select u.email from attempt a join "user" u on u.id = a.user_id order by a.created_at desc`,
  );
  return rows.map(({ email }) => email);
}

test("over https, what another host of the site plants changes nothing: the victim's attempt is the victim's", async () => {
  const attacker = await browser.newContext();
  const thief = await signUp(await attacker.newPage());
  const [session] = await query<{ token: string }>(
    `select s.token from session s join "user" u on u.id = s.user_id where u.email = $1`,
    [thief],
  );
  const token = session?.token ?? "";
  const signed = encodeURIComponent(`${token}.${createHmac("sha256", authSecret).update(token).digest("base64")}`);
  const context = await browser.newContext();
  const page = await context.newPage();
  const victim = await signUp(page);

  const plain = "patchbay.session_token";
  const hostCookie = `__Host-${plain}`;
  // Blanks that no browser takes off a name, but many a server does: as bytes, and as UTF-8.
  const blanks = ["\u00a0", ...["\u00a0", "\u2000", "\u0085"].map((blank) => Buffer.from(blank).toString("latin1"))];
  const names = [
    hostCookie,
    hostCookie.toLowerCase(),
    `__Secure-${plain}`,
    plain,
    ...blanks.map((blank) => blank + hostCookie),
  ];
  const paths = ["/", start, `${start}/auth`, "/api/trpc", "/api/trpc/connect.begin"];
  planted = names.flatMap((name) =>
    paths.map((path) => `${name}=${signed}; Domain=example.test; Path=${path}; Secure; HttpOnly`),
  );
  await page.goto(sibling);
  const kept = (await context.cookies(own + start)).filter(({ domain }) => domain === ".example.test");
  expect(kept.map(({ name }) => name)).toContain(`__Secure-${plain}`);
  expect(kept.map(({ name }) => name)).not.toContain(hostCookie);

  await page.goto(`${own}/integrations`);
  await begin(page);
  expect(await owners()).toEqual([victim]);
  await page.goto(`${own}${start}/auth`);
  await page.waitForURL("https://auth.calendly.com/**");
  expect(await owners()).toEqual([victim, victim]);
  await context.close();
  await attacker.close();
});
