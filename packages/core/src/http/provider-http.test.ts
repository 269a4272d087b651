import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { selfSigned } from "../../test/self-signed.ts";
import { createProviderHttp } from "./provider-http.ts";
import { NoResponseError, OutcomeUnknownError } from "./outcome-unknown.ts";

const open: Server[] = [];

afterEach(() => {
  for (const server of open.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function listen(server: Server): Promise<number> {
  open.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A server that answers as told, and counts. */
async function serve(answer: RequestListener): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const port = await listen(
    createServer((request, response) => {
      asked += 1;
      answer(request, response);
    }),
  );
  return { url: `http://127.0.0.1:${port}/token`, asked: () => asked };
}

const gate = createProviderHttp({ timeoutMs: 300, maxBytes: 10_000 });
const exchange = (url: string) => gate.send(url, { method: "POST", body: "code=canary" });
const failure = async (url: string): Promise<unknown> =>
  await exchange(url).then(
    () => "answered",
    (thrown: unknown) => thrown,
  );

/** What was asked may have been done all the same: the answer was not read. */
function expectUnclear(thrown: unknown): void {
  expect(thrown).toBeInstanceOf(OutcomeUnknownError);
  expect(thrown).toMatchObject({ code: "provider_misbehaved" });
}

describe("a provider that", () => {
  test("40. a provider that is not there was sent nothing: unavailable", async () => {
    const port = await listen(createServer());
    open.splice(0).forEach((server) => server.close());
    const thrown = await failure(`http://127.0.0.1:${port}/token`);
    expect(thrown).toMatchObject({ code: "provider_unavailable" });
    expect(thrown).not.toBeInstanceOf(NoResponseError);
  });

  test.each([301, 302, 303, 307, 308])(
    "40. a provider that redirects with %i is not followed: neither code nor secret goes elsewhere",
    async (status) => {
      const elsewhere = await serve((_request, response) => response.end("{}"));
      const { url } = await serve((_request, response) =>
        response.writeHead(status, { location: elsewhere.url }).end(),
      );
      expectUnclear(await failure(url));
      expect(elsewhere.asked()).toBe(0);
    },
  );

  test.each([
    ["with a length", { "content-length": "20000" }],
    ["in chunks", {}],
  ])("40. a provider that answers with too much, %s, is not read to the end", async (_how, headers) => {
    const { url } = await serve((_request, response) => response.writeHead(200, headers).end("x".repeat(20_000)));
    expectUnclear(await failure(url));
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ["gzip", (bytes) => gzipSync(bytes)],
    ["deflate", (bytes) => deflateSync(bytes)],
    ["deflate", (bytes) => deflateRawSync(bytes)],
    ["br", (bytes) => brotliCompressSync(bytes)],
    ["gzip, gzip", (bytes) => gzipSync(gzipSync(bytes))],
  ])(
    "40. a provider that answers with little that unpacks to much, in %s, is not read to the end",
    async (coding, pack) => {
      const packed = pack(Buffer.alloc(5_000_000));
      const { url } = await serve((_request, response) =>
        response.writeHead(200, { "content-encoding": coding }).end(packed.subarray(0, 9_000)),
      );
      expectUnclear(await failure(url));
    },
  );

  test.each<[string, string, (text: Buffer) => Buffer]>([
    ["in a coding that was not asked for", "gzip", (text) => gzipSync(text)],
    ["in two of them", "gzip, br", (text) => brotliCompressSync(gzipSync(text))],
    ["under the name of a character set", "utf-8", (text) => text],
    ["under the name of a coding that it is not in", "gzip", (text) => text],
    ["in more codings than anybody needs", "gzip, ".repeat(500), (text) => text],
    ["under a name that means something else here", "constructor, __proto__", (text) => text],
    ["behind a byte order mark", "identity", (text) => Buffer.concat([Buffer.from("\uFEFF"), text])],
  ])("91. a provider that answers %s is read", async (_how, coding, pack) => {
    const { url } = await serve((_request, response) =>
      response.writeHead(201, { "content-encoding": coding }).end(pack(Buffer.from('{"token":"é"}'))),
    );
    expect(await exchange(url)).toMatchObject({ status: 201, text: '{"token":"é"}' });
  });

  test("91. a provider that writes two byte order marks has one of them in its text", async () => {
    const { url } = await serve((_request, response) => response.end("\uFEFF\uFEFF{}"));
    expect(await exchange(url)).toMatchObject({ text: "\uFEFF{}" });
  });

  test.each<[string, RequestListener]>([
    ["never answers", () => undefined],
    ["never ends its answer", (_request, response) => response.writeHead(200).write("{")],
    [
      "answers a byte at a time",
      (_request, response) => {
        const drip = setInterval(() => response.write(" "), 50);
        response.on("close", () => clearInterval(drip));
      },
    ],
    ["hangs up before it answers", (request) => request.socket.destroy()],
    [
      "hangs up within its answer",
      (_request, response) => {
        response.writeHead(200, { "content-length": "100" }).write('{"access_token":"a"');
        setTimeout(() => response.destroy(), 20);
      },
    ],
  ])(
    "40. a provider that %s may have done what was asked: unanswered, in time, and asked once",
    async (_how, answer) => {
      const began = performance.now();
      const { url, asked } = await serve(answer);
      expect(await failure(url)).toBeInstanceOf(NoResponseError);
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(asked()).toBe(1);
    },
  );

  test.each([400, 429, 500, 503])(
    "40. a provider that answers %i is asked once, and its answer judged by the caller",
    async (status) => {
      const { url, asked } = await serve((_request, response) => response.writeHead(status).end("no"));
      expect(await exchange(url)).toMatchObject({ status, text: "no" });
      expect(asked()).toBe(1);
    },
  );

  test("40. a provider that has a certificate that does not hold is sent nothing: unavailable", async () => {
    let asked = 0;
    const port = await listen(createTlsServer(selfSigned(), () => void (asked += 1)));
    const thrown = await failure(`https://localhost:${port}/token`);
    expect(thrown).toMatchObject({ code: "provider_unavailable" });
    expect(thrown).not.toBeInstanceOf(NoResponseError);
    expect(asked).toBe(0);
  });

  test("40. a provider that never finishes the handshake is sent nothing: unavailable", async () => {
    const silent = createTcpServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const thrown = await failure(`https://127.0.0.1:${port}/token`);
    silent.close();
    expect(thrown).toMatchObject({ code: "provider_unavailable" });
    expect(thrown).not.toBeInstanceOf(NoResponseError);
  });

  test("40. a provider that speaks no TLS is sent nothing that can be read", async () => {
    const { url, asked } = await serve((_request, response) => response.end("{}"));
    expect(await failure(url.replace("http:", "https:"))).toMatchObject({ code: "provider_unavailable" });
    expect(asked()).toBe(0);
  });
});

test.each(["a\nb", "snow☃"])(
  "a token that no header can hold (%j) is the provider's fault, and is not sent",
  async (token) => {
    const { url, asked } = await serve((_request, response) => response.end());
    const sent = gate.send(url, { headers: { authorization: `Bearer ${token}` } });
    const thrown: unknown = await sent.catch((failure: unknown) => failure);
    expect(thrown).toMatchObject({ code: "provider_misbehaved" });
    expect(thrown).not.toBeInstanceOf(NoResponseError);
    expect(String(thrown)).not.toContain(token);
    expect(asked()).toBe(0);
  },
);

describe("a connection", () => {
  const ports = async (url: string) => (await gate.send(url)).text;
  const saysPort: RequestListener = (request, response) => response.end(String(request.socket.remotePort));

  test("a connection is kept for the next request, and the one after", async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => void warnings.push(warning);
    process.on("warning", warn);
    const { url } = await serve(saysPort);
    const first = await ports(url);
    for (let nth = 0; nth < 20; nth += 1) expect(await ports(url)).toBe(first);
    process.off("warning", warn);
    expect(warnings).toEqual([]);
  });

  test("a connection that the provider has closed meanwhile is not used", async () => {
    const { url } = await serve((request, response) => {
      saysPort(request, response);
      setTimeout(() => request.socket.destroy(), 20);
    });
    const first = await ports(url);
    await sleep(100);
    expect(await ports(url)).not.toBe(first);
  });
});

test("82. a failure names the host alone: neither path, nor query, nor body", async () => {
  const { url } = await serve((_request, response) => response.writeHead(302).end());
  const thrown = await failure(`${url}?code=canary`);
  expect(String(thrown)).not.toMatch(/canary|token/);
});

describe("with a sandbox", () => {
  const gate = createProviderHttp({ sandbox: "http://127.0.0.1:4000" });

  test.each([
    ["https://zoom.us/oauth/token", "http://127.0.0.1:4000/zoom.us/oauth/token"],
    ["https://api.zoom.us/v2/users/me?a=b%20c", "http://127.0.0.1:4000/api.zoom.us/v2/users/me?a=b%20c"],
    ["https://user:pass@zoom.us/oauth", "http://127.0.0.1:4000/zoom.us/oauth"],
    ["https://zoom.us/../../_/reset", "http://127.0.0.1:4000/zoom.us/_/reset"],
  ])("%s is asked at %s", (url, place) => {
    expect(gate.resolveUrl(url).href).toBe(place);
  });

  test("nothing leads past it, not even an address of another scheme", () => {
    for (const url of ["http://evil.example/", "ftp://evil.example/x", "https://evil.example//x"]) {
      expect(gate.resolveUrl(url).origin).toBe("http://127.0.0.1:4000");
    }
  });
});

test("without a sandbox an address stays as it is", () => {
  expect(createProviderHttp().resolveUrl("https://zoom.us/oauth/token?x=1").href).toBe(
    "https://zoom.us/oauth/token?x=1",
  );
});
