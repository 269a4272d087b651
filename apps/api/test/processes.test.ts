import { createSandbox } from "@patchbay/sandbox";
import { randomBytes } from "node:crypto";
import { freePort } from "@patchbay/postgres";
import { expect, test } from "vitest";
import { Browser } from "./harness/browser.ts";
import { newDatabase } from "./harness/database.ts";
import { createSandboxControl } from "./harness/sandbox-control.ts";
import { startProcess } from "./harness/process.ts";

test("69. a Telegram login begun in one process goes on in a second and ends in a third, each gone before the next", async () => {
  const publicUrl = `http://localhost:${await freePort()}`;
  await using sandbox = await disposable(createSandbox({ port: 0, appOrigins: [publicUrl], telegramPort: 0 }));
  const control = createSandboxControl(sandbox.url);
  const env = {
    PUBLIC_URL: publicUrl,
    DATABASE_URL: await newDatabase(),
    AUTH_SECRET: randomBytes(32).toString("hex"),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString("base64")}`,
    SANDBOX_URL: sandbox.url,
    ...(await control.getEnvironment()),
  };
  const browser = new Browser(publicUrl);
  const take = async (path: string, body: unknown, signUp = false) => {
    await using own = await startProcess(env);
    const { url, child, exited } = own;
    const at = Object.assign(browser.copy(), { origin: url });
    if (signUp) await at.signUp();
    const answer = await at.post(`/api/v1/channels/telegram/connect/${path}`, body);
    for (const [name, value] of at.cookies) browser.cookies.set(name, value);
    child.kill("SIGKILL");
    await exited;
    return answer.json;
  };
  const { sessionId } = await take("phone", { phoneNumber: "+12025550102" }, true);
  const [code] = await control.listCodes("+12025550102");
  expect(await take("verify-code", { sessionId, code })).toMatchObject({ passwordNeeded: true });
  const done = await take("verify-2fa", { sessionId, password: "espresso doppio" });
  expect(done).toMatchObject({ success: true, name: "Marco Bellini" });
}, 60_000);

async function disposable<T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T & AsyncDisposable> {
  const opened = await opening;
  return Object.assign(opened, { [Symbol.asyncDispose]: () => opened.close() });
}
