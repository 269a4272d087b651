import type { Kysely } from "kysely";
import { SealBroken, type Vault } from "../vault/index.ts";
import type { Database } from "./schema.ts";

/** Says why this process must not start on this database. The message is for the operator. */
export class WrongDatabase extends Error {
  override readonly name = "WrongDatabase";
}

const place = { table: "installation", row: "only", column: "canary", provider: "" };

/**
 * Marks a fresh database as live or as the sandbox's. Throws `WrongDatabase` for one that is of the other kind, or whose
 * secrets our keys do not open.
 */
export async function claimInstallation(db: Kysely<Database>, vault: Vault, kind: "live" | "sandbox"): Promise<void> {
  await db
    .insertInto("installation")
    .values({ kind, canary: vault.seal("canary", place) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const found = await db.selectFrom("installation").select(["kind", "canary"]).executeTakeFirst();
  if (found?.kind !== kind) {
    throw new WrongDatabase(`This database holds ${found?.kind} data. Use another one for ${kind} data.`);
  }
  try {
    vault.open(found.canary, place);
  } catch (cause) {
    if (!(cause instanceof SealBroken)) throw cause;
    throw new WrongDatabase("ENCRYPTION_KEYS does not hold the key that this database was sealed with.", { cause });
  }
}
