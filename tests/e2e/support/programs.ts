import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startPostgres } from "@patchbay/postgres";
import { appUrl, ports, sandboxUrl } from "./addresses.ts";
import { clientEnvironment } from "./sandbox.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Starts the programs as they run in life: PostgreSQL, the sandbox, and the API with the built page. */
// oxlint-disable-next-line import/no-default-export -- Playwright takes a default export
export default async function startPrograms(): Promise<() => Promise<void>> {
  const postgres = await startPostgres({ dataDir: join(tmpdir(), `patchbay-e2e-${process.pid}`), durable: false });
  await postgres.createDatabase("patchbay");
  process.env["E2E_DATABASE_URL"] = postgres.url("patchbay");
  const sandbox = run("apps/sandbox/src/main.ts", {
    SANDBOX_PORT: String(ports.sandbox),
    SANDBOX_TELEGRAM_PORT: String(ports.telegram),
    PUBLIC_URL: appUrl,
  });
  await answers(`${sandboxUrl}/_/people`, sandbox);
  const api = run("apps/api/src/main.ts", {
    PORT: String(ports.app),
    DATABASE_URL: (await postgres.createRole("patchbay_api"))("patchbay"),
    MIGRATION_DATABASE_URL: postgres.url("patchbay"),
    AUTH_SECRET: randomBytes(32).toString("hex"),
    ENCRYPTION_KEYS: `e2e:${randomBytes(32).toString("base64")}`,
    SANDBOX_URL: sandboxUrl,
    // Each test comes from an address of its own, so that none runs into another's sign-in limit.
    TRUST_PROXY: "1",
    LOG_LEVEL: "warn",
    ...(await clientEnvironment()),
  });
  await answers(`${appUrl}/readyz`, api);
  return async () => {
    await stop(api);
    await stop(sandbox);
    await postgres.stop();
  };
}

function run(program: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [program], {
    cwd: root,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

const patience = 150;

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < patience; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the program for ${url} ended with ${child.exitCode}`);
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await sleep(200);
  }
  throw new Error(`${url} does not answer`);
}
