import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { preferEncoded } from "./prefer-encoded.ts";

const directory = mkdtempSync(join(tmpdir(), "patchbay-encoded-"));
let server: Server;

beforeAll(async () => {
  for (const name of ["app.js", "app.js.br", "app.js.gz", "small.css", "half.css", "half.css.gz"]) {
    writeFileSync(join(directory, name), name);
  }
  const app = express().use("/assets", preferEncoded(directory), express.static(directory));
  server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

async function get(path: string, accepted: string) {
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, path: `/assets/${path}`, headers: { "accept-encoding": accepted } }).end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const chunks = (await answer.toArray()) as Buffer[];
  const { "content-encoding": encoding, "content-type": type, vary } = answer.headers;
  return { status: answer.statusCode, encoding, type, vary, text: Buffer.concat(chunks).toString() };
}

test.each([
  ["app.js", "gzip, deflate, br", "br", "app.js.br"],
  ["app.js", "gzip", "gzip", "app.js.gz"],
  ["app.js", "br;q=0, gzip", "gzip", "app.js.gz"],
  ["app.js", "identity", undefined, "app.js"],
  ["half.css", "br, gzip", "gzip", "half.css.gz"],
])("%s for who takes %j is sent as %s", async (...row) => {
  const [path, accepted, encoding, text] = row;
  const type = path.endsWith(".js") ? /^text\/javascript/ : /^text\/css/;
  expect(await get(path, accepted)).toMatchObject({
    status: 200,
    encoding,
    text,
    vary: "Accept-Encoding",
    type: expect.stringMatching(type),
  });
});

test.each(["small.css", "nothing.js", "../package.json", "app.js/"])("%s is left as it is", async (path) => {
  const { encoding, vary } = await get(path, "br, gzip");
  expect([encoding, vary]).toEqual([undefined, undefined]);
});
