import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@patchbay/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { selfSigned } from "../../../packages/core/test/self-signed.ts";
import { startLive } from "./harness/live.ts";
import { eventually } from "./harness/probe.ts";
import { createMemoryLog } from "./harness/memory-log.ts";
import { findProgram, startProgram } from "./harness/program.ts";
import { raw } from "./harness/raw.ts";
import { throughTls, type Through } from "./harness/through.ts";

const name = "connect.example.com";
const guide = await readFile(new URL("../../../docs/operate.md", import.meta.url), "utf8");
const [nginx, caddy] = [await findProgram("nginx"), await findProgram("caddy")];
const { log, logged } = createMemoryLog();
let live: Awaited<ReturnType<typeof startLive>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "patchbay-proxies-"));
  await writeFile(join(folder, "index.html"), "<p>The page</p>");
  live = await startLive({ PUBLIC_URL: `https://${name}`, TRUST_PROXY: "1" }, { log, pageDirectory: folder });
});
afterAll(() => live.stop());

type At = { at: string };

/** The example of a proxy in the guide. */
function example(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(guide) ?? [];
  if (text === undefined) throw new Error(`no ${language} in the guide`);
  return text;
}

/** A text with what depends on the machine replaced, all of it. */
function replaced(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((done, [from, to]) => {
    expect(done).toContain(from);
    return done.replaceAll(from, to);
  }, text);
}

async function startNginx(
  servers: string,
  { at: api }: At = live,
): Promise<AsyncDisposable & Through & { plain: number }> {
  const [port, plain] = [await freePort(), await freePort()];
  const at = await mkdtemp(join(folder, "nginx-"));
  const { cert, key } = selfSigned();
  await Promise.all([writeFile(join(at, "cert.pem"), cert), writeFile(join(at, "key.pem"), key)]);
  const block = servers
    .replace("listen 80;", `listen 127.0.0.1:${plain};`)
    .replace("listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`)
    .replaceAll("http://127.0.0.1:3000", api.replace("localhost", "127.0.0.1"))
    .replace("/etc/ssl/connect.example.com.pem", `${at}/cert.pem`)
    .replace("/etc/ssl/connect.example.com.key", `${at}/key.pem`);
  const kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${at}/${kind};`);
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const text = `daemon off; pid ${at}/pid; error_log stderr warn; ${user} worker_processes 1;
    events {} http { access_log off; ${kept.join(" ")} ${block} }`;
  await writeFile(join(at, "nginx.conf"), text);
  const running = await startProgram(nginx ?? "", ["-e", "stderr", "-p", at, "-c", join(at, "nginx.conf")], { port });
  return { ...running, port, plain, name };
}

async function startCaddy(
  site: string,
  { at: api }: At = live,
): Promise<AsyncDisposable & Through & { plain: number }> {
  const [port, plain] = [await freePort(), await freePort()];
  const at = await mkdtemp(join(folder, "caddy-"));
  const global = `{
    admin off
    local_certs
    skip_install_trust
    http_port ${plain}
    https_port ${port}
  }\n`;
  const text = global + replaced(site, { "127.0.0.1:3000": new URL(api).host.replace("localhost", "127.0.0.1") });
  await writeFile(join(at, "Caddyfile"), text);
  const env = { HOME: at, XDG_DATA_HOME: at, XDG_CONFIG_HOME: at };
  const args = ["run", "--config", join(at, "Caddyfile"), "--adapter", "caddyfile"];
  const running = await startProgram(caddy ?? "", args, { port, env });
  // It listens before it has made itself a certificate.
  await eventually(async () => expect((await throughTls({ port, name }, "/healthz")).status).toBe(200));
  return { ...running, port, plain, name };
}

/** A server of nginx's at the public name, with these lines for what it passes on. */
const nginxThat = (...lines: string[]) => `server {
  listen 443 ssl;
  server_name ${name};
  ssl_certificate /etc/ssl/connect.example.com.pem;
  ssl_certificate_key /etc/ssl/connect.example.com.key;
  location / { proxy_pass http://127.0.0.1:3000; ${lines.join(" ")} }
}`;

const json = { "content-type": "application/json", origin: `https://${name}` };

describe.each([
  ["nginx", nginx, (at?: At) => startNginx(example("nginx"), at)],
  ["Caddy", caddy, (at?: At) => startCaddy(example("caddyfile"), at)],
])("the guide's example of %s", (_name, program, startExample) => {
  test.skipIf(program === undefined)("serves the page, a sign-up, and its stream at once", async () => {
    await using proxy = await startExample();
    expect(await throughTls(proxy, "/integrations")).toMatchObject({ status: 200, text: "<p>The page</p>" });
    const moved = await raw(`http://127.0.0.1:${proxy.plain}/integrations`, { headers: { host: name } });
    expect([moved.status, moved.headers.location]).toEqual([
      expect.toBeOneOf([301, 308]),
      `https://${name}/integrations`,
    ]);
    const account = JSON.stringify({ email: `${proxy.port}@example.com`, password: "correct horse 77", name: "Test" });
    const signedUp = await throughTls(proxy, "/api/auth/sign-up/email", {
      method: "POST",
      headers: json,
      body: account,
    });
    expect([signedUp.status, signedUp.text]).toEqual([200, expect.anything()]);
    const cookie = signedUp.cookies.map((line) => line.split(";")[0]).join("; ");
    expect(await throughTls(proxy, "/api/v1/channels/", { headers: { cookie } })).toMatchObject({ status: 200 });
    const stream = await throughTls(proxy, "/api/trpc/connections.watch", {
      headers: { cookie, accept: "text/event-stream" },
      until: /"type":"open"/,
    });
    expect([stream.status, stream.text]).toEqual([200, expect.stringContaining('"type":"open"')]);
  });

  test.skipIf(program === undefined)("tells who came, whatever they say of themselves", async () => {
    const own = await startLive({ PUBLIC_URL: `https://${name}`, TRUST_PROXY: "1" });
    await using proxy = await startExample(own);
    const statuses: number[] = [];
    for (let turn = 0; turn < 62; turn += 1) {
      const headers = { ...json, "x-forwarded-for": `198.51.100.${turn}` };
      statuses.push(
        (await throughTls(proxy, "/api/auth/sign-in/email", { method: "POST", headers, body: "{}" })).status,
      );
    }
    expect(statuses.at(-1)).toBe(429);
    await own.stop();
  });
});

describe("a proxy that rewrites the host", () => {
  test.skipIf(nginx === undefined)(
    "a proxy that rewrites the host gets a page that says so, never a redirect, and the log names the header",
    async () => {
      await using proxy = await startNginx(nginxThat());
      const host = new URL(live.at).host.replace("localhost", "127.0.0.1");
      for (const path of ["/", "/integrations?code=x", "/sign-in"]) {
        const { status, text, headers } = await throughTls(proxy, path);
        expect([path, status, headers.location]).toEqual([path, 421, undefined]);
        expect(text).toContain(`Host: ${host}`);
        expect(text).toContain(`href="https://${name}/"`);
      }
      expect(logged()).toContain(`"header":"Host","host":"${host}","expected":"${name}"`);
    },
  );

  test.skipIf(nginx === undefined).each([
    ["with a port beside it", "proxy_set_header Host $host:$server_port;", 421],
    ["with the port of TLS beside it", "proxy_set_header Host $host:443;", 200],
    ["with the port of HTTP beside it", "proxy_set_header Host $host:80;", 200],
    ["in X-Forwarded-Host", "proxy_set_header X-Forwarded-Host $host;", 200],
  ])("a page behind a proxy: %s is not sent in circles", async (_how, line, expected) => {
    await using proxy = await startNginx(nginxThat(line));
    const { status, headers } = await throughTls(proxy, "/integrations");
    expect([status, headers.location]).toEqual([expected, undefined]);
  });
});

describe("a page that is asked for under another name", () => {
  const ask = async (at: string, host: string, path = "/integrations") => await raw(at + path, { headers: { host } });

  test.each(["CONNECT.example.com", `${name}:443`, `${name}:80`])(
    "a page that is asked for under another name is the same at %s",
    async (host) => {
      expect((await ask(live.at, host)).status).toBe(200);
    },
  );

  test.each(["evil.example", "127.0.0.1:3000", `${name}.evil.example`, `a@${name}`, `${name}:8443`, "", "<b>"])(
    "a page that is asked for under another name is not there at %j, and no name is taken for markup",
    async (host) => {
      const { status, headers, text } = await ask(live.at, host);
      expect([status, headers.location]).toEqual([421, undefined]);
      expect(text).not.toContain("<b>");
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
    },
  );

  test("a page that is asked for on this machine is sent to the public name, if no proxy can stand between", async () => {
    const port = await freePort();
    const local = await startLive(
      { PUBLIC_URL: `http://localhost:${port}`, PORT: String(port) },
      { pageDirectory: folder },
    );
    for (const path of ["/integrations?code=x", "//evil.example/", "/\\evil.example"]) {
      const { status, headers } = await ask(local.at, `127.0.0.1:${port}`, path);
      expect([status, new URL(String(headers.location)).origin]).toEqual([302, local.at]);
    }
    expect((await ask(local.at, "127.0.0.1:3000")).status).toBe(421);
    expect((await ask(local.at, "localhost")).status).toBe(200);
    await local.stop();
  });
});

test("an unused connection is kept longer than any balancer keeps it", async () => {
  const { headers } = await raw(`${live.at}/healthz`, { headers: { connection: "keep-alive" } });
  expect(headers["keep-alive"]).toBe("timeout=620");
});

test("by itself it listens to this machine alone, and elsewhere where HOST says so", async () => {
  const reaches = async (at: string, host: string) =>
    await raw(`${at.replace("localhost", host)}/healthz`)
      .then(({ status }) => status === 200)
      .catch(() => false);
  expect([await reaches(live.at, "127.0.0.1"), await reaches(live.at, "127.0.0.2")]).toEqual([true, false]);
  const open = await startLive({ HOST: "0.0.0.0" });
  expect([open.url, await reaches(open.at, "127.0.0.1")]).toEqual([open.at.replace("localhost", "127.0.0.1"), true]);
  if (process.platform === "linux") expect(await reaches(open.at, "127.0.0.2")).toBe(true);
  await open.stop();
});
