import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { issue } from "../../test/certificates.ts";
import { oauth } from "../oauth/oauth.ts";
import { specs, type ProviderId } from "../../test/specs.ts";
import { createProviderHttp } from "./provider-http.ts";
import { NoResponseError } from "./outcome-unknown.ts";

const year = 31_536_000_000;
const dates = { from: new Date(Date.now() - year), until: new Date(Date.now() + year) };
const root = issue({ name: "Root of this test", ca: true, ...dates });
const shop = "acme.myshopify.com";
const hosts = [
  "auth.calendly.com",
  "api.calendly.com",
  "api-m.paypal.com",
  shop,
  "connect.stripe.com",
  "api.stripe.com",
  "zoom.us",
  "api.zoom.us",
];
const leaf = issue({ name: "providers", hosts, issuer: root, ...dates });
const key = leaf.privateKey.export({ type: "pkcs8", format: "pem" });

/** What plays the providers, over TLS; and the proxy, the only one who knows where they are. */
const served: string[] = [];
const identity = {
  resource: { uri: "https://api.calendly.com/users/U1" },
  payer_id: "P1",
  data: { shop: { id: "1", myshopifyDomain: shop } },
  id: "acct_1",
};
const tokens = { access_token: "a2", refresh_token: "r2", expires_in: 3600, stripe_user_id: "acct_1", livemode: true };
const providers = createTlsServer({ key, cert: leaf.pem }, (request, response) => {
  served.push(`${request.method} ${request.headers.host}${request.url}`);
  if (request.url === "/cut") return void request.socket.destroy();
  response.end(JSON.stringify({ ...identity, ...tokens }));
});

type Answer = "tunnel" | "407" | "cut" | "silent";
let answer: Answer = "tunnel";
const seen: string[] = [];
const credentials: (string | undefined)[] = [];
const sockets = new Set<Socket>();
const proxy = createServer((_request, response) => void response.writeHead(500).end());
proxy.on("connect", (request, socket: Socket) => {
  seen.push(request.url ?? "");
  credentials.push(request.headers["proxy-authorization"]);
  sockets.add(socket.on("error", () => {}));
  if (answer === "407") socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  if (answer === "cut") socket.destroy();
  if (answer !== "tunnel") return;
  const { port } = providers.address() as AddressInfo;
  const onward = connect(port, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
  socket.pipe(onward.on("error", () => socket.destroy())).pipe(socket);
});

const listening = async (server: Server) => await once(server.listen(0, "127.0.0.1"), "listening");
const before = getCACertificates("default");
const at = () => `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
const gate = (except?: string) =>
  createProviderHttp({ timeoutMs: 6_000, proxy: { url: `http://ada:hush%40@${at()}`, except } });
const failure = async (asked: Promise<unknown>): Promise<Error> =>
  await asked.then(
    () => new Error("answered"),
    (thrown: Error) => thrown,
  );

beforeAll(async () => {
  setDefaultCACertificates([...before, root.pem]);
  await Promise.all([listening(providers), listening(proxy)]);
});
afterEach(() => {
  answer = "tunnel";
  for (const list of [seen, served, credentials]) list.length = 0;
});
afterAll(() => {
  setDefaultCACertificates(before);
  for (const socket of sockets) socket.destroy();
  for (const server of [providers, proxy]) server.close();
});

const client = { id: "id", secret: "secret", mode: "live", redirectUri: "https://app.example.com/callback" };

test.each(Object.keys(specs) as ProviderId[])(
  "92. %s is connected and refreshed through the proxy alone, and each request is sent once",
  async (id) => {
    const provider = oauth(specs[id], client, gate());
    const step = await provider.resume(client, { shop }, { code: "c" });
    expect(step.type).toBe("connected");
    await provider.refresh?.({ refreshToken: "r1", metadata: { shop } });
    const asked = served.filter((line) => line.startsWith("POST") && !line.includes("graphql"));
    expect(asked).toHaveLength(provider.refresh ? 2 : 1);
    const hostsServed = new Set(served.map((line) => /^\w+ ([^/]+)/.exec(line)?.[1]));
    expect(new Set(seen)).toEqual(new Set([...hostsServed].map((host) => `${host}:443`)));
    expect(new Set(credentials)).toEqual(new Set([`Basic ${Buffer.from("ada:hush@").toString("base64")}`]));
  },
);

test("92. a connection through the proxy is kept for the next request", async () => {
  const http = gate();
  for (let nth = 0; nth < 3; nth += 1)
    await http.send("https://zoom.us/oauth/token", { method: "POST", body: "code=c" });
  expect([seen, served.length]).toEqual([["zoom.us:443"], 3]);
});

test.each<Answer>(["407", "cut", "silent"])(
  "92. a proxy that answers with %s lets nothing out, and is named without its password",
  async (how) => {
    answer = how;
    const thrown = await failure(gate().send("https://zoom.us/oauth/token", { method: "POST", body: "code=c" }));
    expect(thrown).toMatchObject({ code: "provider_unavailable" });
    expect(thrown).not.toBeInstanceOf(NoResponseError);
    expect(thrown.message).toContain(`out of reach: zoom.us (the proxy is http://${at()})`);
    expect(`${thrown.message} ${String(thrown.cause)}`).not.toMatch(/ada|hush/);
    expect(served).toEqual([]);
  },
);

test("92. a proxy that is not there lets nothing out", async () => {
  const http = createProviderHttp({ proxy: { url: "http://ada:hush@127.0.0.1:1" } });
  const thrown = await failure(http.send("https://zoom.us/oauth/token", { method: "POST", body: "code=c" }));
  expect(thrown).toMatchObject({ code: "provider_unavailable" });
  expect(thrown).not.toBeInstanceOf(NoResponseError);
});

test("92. what is cut off behind the proxy may have been carried out, on a new connection and on a kept one", async () => {
  const http = gate();
  expect(await failure(http.send("https://zoom.us/cut", { method: "POST" }))).toBeInstanceOf(NoResponseError);
  await http.send("https://zoom.us/oauth/token");
  expect(await failure(http.send("https://zoom.us/cut", { method: "POST" }))).toBeInstanceOf(NoResponseError);
  expect(served).toHaveLength(3);
});

test("92. what is excepted is reached without the proxy", async () => {
  const thrown = await failure(gate("localhost,.zoom.invalid").send("https://api.zoom.invalid/v2/users/me"));
  expect(thrown).toMatchObject({ code: "provider_unavailable" });
  expect(seen).toEqual([]);
});

test("92. the sandbox is reached without the proxy", async () => {
  const sandbox = createServer((_request, response) => void response.end("{}"));
  await listening(sandbox);
  const { port } = sandbox.address() as AddressInfo;
  const http = createProviderHttp({ sandbox: `http://127.0.0.1:${port}`, proxy: { url: `http://${at()}` } });
  expect(await http.send("https://zoom.us/oauth/token")).toMatchObject({ text: "{}" });
  sandbox.close();
  sandbox.closeAllConnections();
  expect(seen).toEqual([]);
});
