import { once } from "node:events";
import { connect, createServer, type Server, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataCentres, routeToDataCentre } from "../data-centres.ts";
import { createSocks5Proxy, type Socks5Proxy } from "./proxy.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const greeting = "05 01 00";
const ours = "05 01 00 01 7f000002 0050";

let echo: Server;
let front: Socks5Proxy;
beforeAll(async () => {
  echo = createServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const { port } = echo.address() as AddressInfo;
  front = await createSocks5Proxy({ port: 0, route: routeToDataCentre((dc) => (dc === 2 ? port : 1)) });
});
afterAll(async () => {
  await front.close();
  echo.close();
});

/** All that comes back for those bytes, until the front hangs up or has said so many. */
async function said(bytes: Buffer, enough = Infinity): Promise<string> {
  const socket = connect(front.port, "127.0.0.1");
  const heard: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on("data", (chunk: Buffer) => {
    heard.push(chunk);
    if (Buffer.concat(heard).length >= enough) resolve();
  });
  socket.on("close", () => resolve());
  socket.write(bytes);
  await promise;
  socket.destroy();
  return Buffer.concat(heard).toString("hex");
}

const reply = (code: string): string => `0500${code === "none" ? "" : `05${code}0001000000000000`}`;

test("the proxy leads a known address through, with the bytes that came after the request", async () => {
  expect(await said(hex(`${greeting} ${ours} aabbcc`), 15)).toBe(`${reply("00")}aabbcc`);
});

test("the proxy understands a request that arrives byte by byte", async () => {
  const socket = connect(front.port, "127.0.0.1").setNoDelay(true);
  const heard: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => heard.push(chunk));
  for (const byte of hex(`${greeting} ${ours} aa`)) {
    socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  while (Buffer.concat(heard).length < 13) await once(socket, "data");
  socket.destroy();
  expect(Buffer.concat(heard).toString("hex")).toBe(`${reply("00")}aa`);
});

describe("the proxy refuses, and does not connect to,", () => {
  test.each([
    ["an address that is nobody's here", "05 01 00 01 c0 00 02 01 01bb", "02"],
    ["a known address by another port", "05 01 00 01 7f000002 0016", "02"],
    ["a name", "05 01 00 03 09 6c6f63616c686f7374 0050", "02"],
    ["an address of IPv6", "05 01 00 04 00000000000000000000000000000001 0050", "08"],
    ["BIND", "05 02 00 01 7f000002 0050", "07"],
    ["what does not answer", "05 01 00 01 7f000004 0050", "05"],
  ])("%s", async (_name, request, code) => {
    expect(await said(hex(`${greeting} ${request}`))).toBe(reply(code));
    expect(front.listRequests().at(-1)?.reply).toBe(Number.parseInt(code, 16));
  });

  test("the proxy refuses a client that demands authentication", async () => {
    expect(await said(hex("05 01 02"))).toBe("05ff");
  });

  test("the proxy closes a connection that is not SOCKS5", async () => {
    expect(await said(Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toBe("");
  });
});

test.each([
  ["149.154.175.50", 1],
  ["149.154.175.53", 1],
  ["149.154.167.41", 2],
  ["149.154.167.50", 2],
  ["149.154.167.51", 2],
  ["149.154.175.100", 3],
  ["149.154.167.91", 4],
  ["149.154.167.92", 4],
  ["91.108.56.100", 5],
  ["91.108.56.130", 5],
])("an address that is built into clients leads to its data centre: %s", (host, dc) => {
  const route = routeToDataCentre((id) => id);
  expect([route(host, 80), route(host, 443), route(host, 22)]).toEqual([dc, dc, undefined]);
});

test("the addresses that clients are told lead to their data centres", () => {
  const route = routeToDataCentre((id) => id);
  expect(dataCentres.map(({ host }) => route(host, 80))).toEqual([1, 2, 3, 4, 5]);
});
