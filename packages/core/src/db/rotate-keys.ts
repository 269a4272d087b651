import { setTimeout as sleep } from "node:timers/promises";
import { sql, type Kysely } from "kysely";
import { SealBroken, type AssociatedData, type Vault } from "../vault/index.ts";
import type { Database } from "./schema.ts";
import { countSealed, sealedColumns, sealedRows, type SealedColumn, type SealedRow } from "./encrypted-columns.ts";

/** Progress callbacks. */
export interface Progress {
  /** `done` of `total` blobs have been read. */
  moved(done: number, total: number): void;
  /** The blob at this place does not open, and stays as it is. */
  broken(place: AssociatedData): void;
}

/** How many blobs were sealed anew, and how many do not open. */
export interface Resealing {
  resealed: number;
  broken: number;
}

/** A row that another process writes at that moment is left to the next round; after the last round, to the next run. */
const maxRounds = 5;
const pauseMs = 100;

/**
 * Seals every blob anew that is not under the first key, while other processes read and write the same rows: nothing is
 * locked while sealing, and a row that has changed meanwhile is left to the next round. A later run continues an earlier one.
 */
export async function rotateKeys(
  db: Kysely<Database>,
  { vault, sealing }: { vault: Vault; sealing: string },
  progress: Progress,
): Promise<Resealing> {
  const counts = await countSealed(db);
  const total = counts.filter(({ sealedBy }) => sealedBy !== sealing).reduce((sum, { rows }) => sum + rows, 0);
  const broken = new Set<string>();
  let resealed = 0;
  progress.moved(0, total);
  for (let round = 0; round < maxRounds; round += 1) {
    let overtaken = 0;
    for (const column of sealedColumns) {
      for await (const rows of sealedRows(db, column, sealing)) {
        const opened = rows.flatMap((row) =>
          sealAnew(vault, row, (place) => reportBroken(place, { broken, progress })),
        );
        const written = opened.length === 0 ? 0 : await write(db, column, opened);
        resealed += written;
        overtaken += opened.length - written;
        progress.moved(Math.min(total, resealed + broken.size), total);
      }
    }
    if (overtaken === 0) break;
    await sleep(pauseMs);
  }
  return { resealed, broken: broken.size };
}

type Resealed = SealedRow & { sealed: Buffer };

function sealAnew(vault: Vault, row: SealedRow, refuse: (place: AssociatedData) => void): Resealed[] {
  const text = openOr(vault, row, refuse);
  return text === undefined ? [] : [{ ...row, sealed: vault.seal(text, row.place) }];
}

/** Opens a blob. Undefined: it does not open, and `refuse` was told. */
function openOr(vault: Vault, { blob, place }: SealedRow, refuse: (place: AssociatedData) => void): string | undefined {
  try {
    return vault.open(blob, place);
  } catch (failure) {
    if (!(failure instanceof SealBroken)) throw failure;
    refuse(place);
    return undefined;
  }
}

/** Reports each broken blob once per run. */
function reportBroken(
  place: AssociatedData,
  { broken, progress }: { broken: Set<string>; progress: Pick<Progress, "broken"> },
): void {
  const name = `${place.table}.${place.column}.${place.row}`;
  if (!broken.has(name)) progress.broken(place);
  broken.add(name);
}

/** Writes the new blobs over unchanged old ones. A locked row is skipped, so that no deadlock is possible. */
async function write(db: Kysely<Database>, at: SealedColumn, rows: readonly Resealed[]): Promise<number> {
  const [key, column, type] = [sql.ref(at.key), sql.ref(at.column), sql.raw(at.keyType)];
  const { numAffectedRows } = await sql`
    with sealed as (
      select * from unnest(${rows.map((row) => row.key)}::${type}[], ${rows.map(({ blob }) => blob)}::bytea[],
                           ${rows.map(({ sealed }) => sealed)}::bytea[]) as s (key, old, new)),
    free as (
      select t.${key} as key, sealed.new from ${sql.table(at.table)} t join sealed on sealed.key = t.${key}
      where t.${column} = sealed.old
      for no key update of t skip locked)
    update ${sql.table(at.table)} t set ${column} = free.new from free where t.${key} = free.key`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Opens every blob and changes nothing. Gives how many do not open. */
export async function verifySeals(db: Kysely<Database>, vault: Vault, progress: Progress): Promise<number> {
  const total = (await countSealed(db)).reduce((sum, { rows }) => sum + rows, 0);
  const broken = new Set<string>();
  let done = 0;
  progress.moved(0, total);
  for (const column of sealedColumns) {
    for await (const rows of sealedRows(db, column)) {
      for (const row of rows) openOr(vault, row, (place) => reportBroken(place, { broken, progress }));
      done += rows.length;
      progress.moved(Math.min(total, done), total);
    }
  }
  return broken.size;
}
