import { z } from "zod";
import type { Credentials, Notes } from "../provider.ts";
import type { Vault } from "../vault/index.ts";

const texts = z.record(z.string(), z.string());
const kept = z.object({ answers: texts, proof: texts });
const moment = z.iso.datetime().transform((text) => new Date(text));
const credentials = z.object({
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
  expiresAt: moment.optional(),
  refreshExpiresAt: moment.optional(),
  place: texts,
});

/** A provider's return as it is kept, with what its signature proved. */
export type Kept = z.infer<typeof kept>;

type Row = { id: Buffer; provider: string };

/** What connecting seals, each for its own place. */
export function createSeals(vault: Vault) {
  return {
    sealNotes: (notes: Notes, row: Row) => vault.seal(JSON.stringify(notes), attempt("notes", row)),
    openNotes: (blob: Buffer, row: Row): Notes => texts.parse(JSON.parse(vault.open(blob, attempt("notes", row)))),
    sealReturn: (value: Kept, row: Row) => vault.seal(JSON.stringify(value), attempt("returned", row)),
    openReturn: (blob: Buffer, row: Row): Kept => kept.parse(JSON.parse(vault.open(blob, attempt("returned", row)))),
    sealStep: (text: string, row: Row) => vault.seal(text, attempt("step", row)),
    openStep: (blob: Buffer, row: Row) => vault.open(blob, attempt("step", row)),
    sealCredentials: (value: Credentials, row: CredentialRow) => vault.seal(JSON.stringify(value), secretOf(row)),
    openCredentials: (blob: Buffer, row: CredentialRow): Credentials =>
      tidy(credentials.parse(JSON.parse(vault.open(blob, secretOf(row))))),
  };
}

export type Seals = ReturnType<typeof createSeals>;

type CredentialRow = { id: string; provider: string };

function attempt(column: string, { id, provider }: Row) {
  return { table: "attempt", row: id.toString("hex"), column, provider };
}

function secretOf({ id, provider }: CredentialRow) {
  return { table: "credential", row: id, column: "secret", provider };
}

/** Without the keys that are undefined: a zod object names them all. */
function tidy({
  accessToken,
  refreshToken,
  expiresAt,
  refreshExpiresAt,
  place,
}: z.infer<typeof credentials>): Credentials {
  return {
    ...(accessToken !== undefined && { accessToken }),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(refreshExpiresAt !== undefined && { refreshExpiresAt }),
    place,
  };
}
