import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Keyring } from "./keys.ts";

/** The additional authenticated data (AAD) of a secret: where it is stored. It opens only there, so swapped rows are noticed. */
export interface AssociatedData {
  table: string;
  row: string;
  /** The first name of the column. The column may be renamed, this may not. */
  column: string;
  provider: string;
}

/** Encrypts and decrypts secrets, each for its row. */
export interface Vault {
  /** Seals a text with AES-256-GCM under the first key. */
  seal(text: string, aad: AssociatedData): Buffer;
  /** Opens what `seal` made. Throws `SealBroken` for an altered, cut, misplaced or unknown blob. */
  open(blob: Buffer, aad: AssociatedData): string;
}

/** A stored secret does not open: altered, cut short, moved to another row, or sealed under a key we do not have. */
export class SealBroken extends Error {
  override readonly name = "SealBroken";
}

// version (1) | length of key id (1) | key id | nonce (12) | tag (16) | ciphertext
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;

/** Creates a vault: the first key of the keyring encrypts, all of them decrypt. */
export function createVault(keys: Keyring): Vault {
  return {
    seal(text, aad) {
      const id = Buffer.from(keys.sealing.id, "ascii");
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", keys.sealing.key, nonce);
      cipher.setAAD(associated(aad));
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([Buffer.of(version, id.length), id, nonce, cipher.getAuthTag(), sealed]);
    },
    open(blob, aad) {
      try {
        return unseal(blob, aad, keys);
      } catch (cause) {
        if (cause instanceof SealBroken) throw cause;
        throw new SealBroken(`${aad.table}.${aad.column} does not open`, { cause });
      }
    },
  };
}

function unseal(blob: Buffer, aad: AssociatedData, keys: Keyring): string {
  const nonceAt = 2 + (blob[1] ?? 0);
  if (blob[0] !== version || blob.length < nonceAt + nonceBytes + tagBytes) throw new SealBroken("not a sealed blob");
  // Not "ascii": that drops the eighth bit of each byte, and a blob would open with those bits turned.
  const key = keys.find(blob.toString("latin1", 2, nonceAt));
  if (key === undefined) throw new SealBroken("sealed under a key that ENCRYPTION_KEYS does not hold");
  const textAt = nonceAt + nonceBytes + tagBytes;
  const decipher = createDecipheriv("aes-256-gcm", key, blob.subarray(nonceAt, nonceAt + nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(associated(aad));
  decipher.setAuthTag(blob.subarray(nonceAt + nonceBytes, textAt));
  return Buffer.concat([decipher.update(blob.subarray(textAt)), decipher.final()]).toString("utf8");
}

function associated({ table, row, column, provider }: AssociatedData): Buffer {
  return Buffer.from(`${table}|${row}|${column}|${provider}`, "utf8");
}
