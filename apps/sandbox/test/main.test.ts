import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

function start(port: number, telegramPort = 0) {
  const env = {
    ...process.env,
    SANDBOX_PORT: String(port),
    SANDBOX_TELEGRAM_PORT: String(telegramPort),
    PUBLIC_URL: "http://localhost:3000, http://localhost:5173",
  };
  return spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "pipe"] });
}

it("the program says where it is, registers every public URL and stops on SIGTERM", async () => {
  const program = start(0);
  const [line] = (await once(program.stdout, "data")) as [Buffer];
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line.toString())?.[0];
  const apps = await (await fetch(`${url}/_/apps`)).text();
  expect(apps).toContain("http://localhost:5173/api/v1/channels/zoom/callback");
  expect(apps).toContain("socks5://127.0.0.1:");
  program.kill("SIGTERM");
  expect(await once(program, "exit")).toEqual([0, null]);
});

it.each([
  ["SANDBOX_PORT", (port: number) => start(port)],
  ["SANDBOX_TELEGRAM_PORT", (port: number) => start(0, port)],
])("the program names %s and exits with 1 when that port is busy", async (name, startAt) => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const program = startAt((blocker.address() as AddressInfo).port);
  const [said, [code]] = await Promise.all([text(program.stderr), once(program, "exit")]);
  blocker.close();
  expect(code).toBe(1);
  expect(said).toContain(`Set ${name} to a free one`);
});
