import { freePort } from "@patchbay/postgres";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../src/config/config.ts";
import { start } from "../src/main.ts";
import { newDatabase, query } from "./harness/database.ts";
import { liveEnvironment } from "./harness/live.ts";

// Graphile-worker sets it where its tables are newer than itself.
afterEach(() => void (process.exitCode = undefined));

test("a process whose background work cannot begin gives its port back", async () => {
  const [databaseUrl, port] = [await newDatabase(), await freePort()];
  // As where a later version migrates the job queue while this one is starting.
  await query(
    databaseUrl,
    `create function later() returns trigger language plpgsql as $$
     begin
       insert into patchbay_worker.migrations (id, breaking) values (1000, true);
       return null;
     end $$;
     create trigger later after insert on installation execute function later()`,
  );
  const config = readConfig({ ...liveEnvironment(), DATABASE_URL: databaseUrl, PORT: String(port) });
  await expect(start(config, pino({ level: "silent" }))).rejects.toThrow("It would be unsafe to continue");
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow("fetch failed");
});
