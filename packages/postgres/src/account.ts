import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Who PostgreSQL runs as. Empty: as ourselves. */
export type Account = { uid?: number; gid?: number };

/** PostgreSQL refuses to run as root, so root runs it as the system's user `postgres`, made where there is none. */
export async function account(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  return await named("postgres").catch(async () => {
    await run("useradd", ["--system", "--user-group", "--no-create-home", "postgres"]).catch((cause: unknown) => {
      throw new Error("PostgreSQL cannot run as root and no user postgres could be made. Run as another user.", {
        cause,
      });
    });
    return await named("postgres");
  });
}

async function named(user: string): Promise<Account> {
  const [uid, gid] = await Promise.all([run("id", ["-u", user]), run("id", ["-g", user])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
