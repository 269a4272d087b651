import { once } from "node:events";
import { expect, test } from "vitest";
import { Browser } from "./harness/browser.ts";
import { openWorld } from "./harness/open-world.ts";
import { eventually, newSecret } from "./harness/probe.ts";
import { environmentOf, startProcess } from "./harness/process.ts";
import { raw } from "./harness/raw.ts";

const world = await openWorld();

const canary = "canary-9d2e";

/** A library that writes to the console, and one of Node's warnings, when a signal says so. */
const library = `const canary = "canary" + "-9d2e";
process.on("SIGUSR2", () => {
  console.error("# SERVER_ERROR: \\u001b[31m", Object.assign(new Error("a row"), { detail: canary }), { row: canary });
  console.log({ row: canary });
  process.emitWarning("careful\\u202e");
});`;

test("whatever is sent to it, and whatever its libraries say, a process writes lines of JSON and nothing else", async () => {
  await world.sql(`create function refuse_account() returns trigger language plpgsql as
    $$ begin raise exception 'no space left' using errcode = '53100', detail = '${canary}'; end $$`);
  await world.sql("create trigger refuse before insert on account for each row execute function refuse_account()");
  const env = {
    ...(await environmentOf(world)),
    LOG_LEVEL: "debug",
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(library)}`,
  };
  await using api = await startProcess(env, "pipe");
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  api.child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
  api.child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));

  const ended = [api.child.stdout, api.child.stderr].flatMap((stream) => (stream ? [once(stream, "end")] : []));

  const account = { email: `${newSecret()}@example.com`, password: "correct horse", name: "\u001b[31m\u202e" };
  const browser = new Browser(api.url);
  for (let nth = 0; nth < 2; nth += 1) {
    expect((await browser.post("/api/auth/sign-up/email", account)).status).toBe(500);
  }
  const paths = [
    "/api/auth/verify-email?token=x&callbackURL=//x%C2%9B31m%E2%80%AE",
    "/api/auth/callback/google?state=x",
    `/%C2%9B31m%E2%80%AE${"x".repeat(12_000)}`,
    "/api/trpc/connections.list?input=%1b",
  ];
  for (const path of paths) {
    for (const method of ["GET", "POST", "PUT", "TRACE"]) {
      expect([path, method, (await raw(api.url + path, { method })).status < 500]).toEqual([path, method, true]);
    }
  }
  await browser.post("/api/auth/update-user", { name: null });
  api.child.kill("SIGUSR2");
  await eventually(async () => expect(Buffer.concat(out).toString()).toContain("careful"));
  api.child.kill("SIGTERM");
  await api.exited;
  await Promise.all(ended);

  expect(Buffer.concat(err).toString()).toBe("");
  const lines = Buffer.concat(out).toString().trimEnd().split("\n");
  const said = lines.map((line) => JSON.parse(line) as { msg: string; level: number; console?: string });
  expect(said.filter((line) => line.console !== undefined).map((line) => line.msg)).toEqual([
    "# SERVER_ERROR: [31m",
    "",
  ]);
  expect(lines.some((line) => line.includes("careful"))).toBe(true);
  for (const line of lines) {
    expect(line.length).toBeLessThan(20_000);
    expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  }
  expect(lines.join("\n")).not.toContain(canary);
  // A fault of ours is what it is: the account that was not stored, twice.
  expect(said.filter(({ level }) => level >= 50).map(({ msg }) => msg)).toEqual(["request failed", "request failed"]);
}, 90_000);
