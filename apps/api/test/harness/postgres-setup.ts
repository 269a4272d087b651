import { tmpdir } from "node:os";
import { join } from "node:path";
import { grantRights, migrate, openDatabase } from "@patchbay/core/db";
import { startPostgres } from "@patchbay/postgres";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** URL of the database that the tests' own are copied from. */
    template: string;
    /** The same for the role that serves. */
    serving: string;
  }
}

/** One PostgreSQL for each project of a run, with a migrated database that each test file copies. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres({
    dataDir: join(tmpdir(), `patchbay-test-${process.pid}-${project.name}`),
    durable: false,
  });
  await postgres.createDatabase("template");
  const template = openDatabase(postgres.url("template"));
  await migrate(template.db);
  const addressOf = await postgres.createRole("patchbay_api");
  await grantRights(template.db, "patchbay_api");
  await template.close();
  project.provide("template", postgres.url("template"));
  project.provide("serving", addressOf("template"));
  return () => postgres.stop();
}
