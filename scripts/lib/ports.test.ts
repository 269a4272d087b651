import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { readPorts, requireFreePorts } from "./ports.ts";

const usual = { PORT: 3000, SANDBOX_PORT: 4000 };
const servers: Server[] = [];

afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function listen(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

test("a port is the default unless its variable says another", () => {
  expect(readPorts(usual, { SANDBOX_PORT: "4100", PORT: "" })).toEqual({ PORT: 3000, SANDBOX_PORT: 4100 });
});

test.each(["0", "65536", "3000.5", "http", "-1"])("the port %s is refused, and its variable is named", (text) => {
  expect(() => readPorts(usual, { PORT: text })).toThrow(`PORT is "${text}"`);
});

test("two variables cannot mean the same port", () => {
  expect(() => readPorts(usual, { SANDBOX_PORT: "3000" })).toThrow("SANDBOX_PORT and PORT are both 3000");
});

test("every port in use is named with its variable", async () => {
  const [page, sandbox] = [await listen(), await listen()];
  const both = requireFreePorts({ PORT: page, SANDBOX_PORT: sandbox });
  await expect(both).rejects.toThrow(`Port ${page} is in use. Set PORT`);
  await expect(both).rejects.toThrow(`Port ${sandbox} is in use. Set SANDBOX_PORT`);
});
