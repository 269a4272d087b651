import { hash, randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@patchbay/postgres";
import { appUrl, exampleUrl, ports, quickstartUrl, sandboxUrl, serviceKey, telegramKey } from "./addresses.ts";
import { runProgram, stopProgram, waitForAnswer } from "./program.ts";
import { sandbox } from "./sandbox.ts";

/** Starts the programs as they run in life: PostgreSQL, the sandbox, and the API with the built page. */
// oxlint-disable-next-line import/no-default-export -- Playwright takes a default export
export default async function startPrograms(): Promise<() => Promise<void>> {
  const postgres = await startPostgres({ dataDir: join(tmpdir(), `patchbay-e2e-${process.pid}`), durable: false });
  await postgres.createDatabase("patchbay");
  process.env["E2E_DATABASE_URL"] = postgres.url("patchbay");
  // For a process that is no sandbox's: one database never serves both.
  await postgres.createDatabase("patchbay_live");
  process.env["E2E_LIVE_DATABASE_URL"] = postgres.url("patchbay_live");
  const sandboxProgram = runProgram("apps/sandbox/src/main.ts", {
    SANDBOX_PORT: String(ports.sandbox),
    SANDBOX_TELEGRAM_PORT: String(ports.telegram),
    PUBLIC_URL: appUrl,
  });
  await waitForAnswer(`${sandboxUrl}/_/people`, sandboxProgram);
  const api = runProgram("apps/api/src/main.ts", {
    PORT: String(ports.app),
    DATABASE_URL: (await postgres.createRole("patchbay_api"))("patchbay"),
    MIGRATION_DATABASE_URL: postgres.url("patchbay"),
    AUTH_SECRET: randomBytes(32).toString("hex"),
    ENCRYPTION_KEYS: `e2e:${randomBytes(32).toString("base64")}`,
    SANDBOX_URL: sandboxUrl,
    // Each test comes from an address of its own, so that none runs into another's sign-in limit.
    TRUST_PROXY: "1",
    LOG_LEVEL: "warn",
    APP_NAME: "Acme",
    CONNECT_RETURN_URLS: `${exampleUrl}/connected,${quickstartUrl}/connected`,
    SERVICE_KEYS: [
      `acme:${hash("sha256", serviceKey)}::read+token+connect+manage`,
      `acme-telegram:${hash("sha256", telegramKey)}:telegram:connect`,
    ].join(","),
    ...(await sandbox.getEnvironment()),
  });
  const example = runProgram("examples/product/src/main.ts", {
    PORT: String(ports.example),
    PATCHBAY_URL: appUrl,
    PATCHBAY_KEY: serviceKey,
  });
  await waitForAnswer(`${appUrl}/readyz`, api);
  await waitForAnswer(`${exampleUrl}/sign-in`, example);
  return async () => {
    await stopProgram(example);
    await stopProgram(api);
    await stopProgram(sandboxProgram);
    await postgres.stop();
  };
}
