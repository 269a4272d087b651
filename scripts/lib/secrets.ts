import { hash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseEnv } from "node:util";

/** The secrets for the data of `npm start`: created once, and then read from the file. */
export function loadSandboxSecrets(file: string): NodeJS.Dict<string> {
  if (!existsSync(file)) createSecrets(file);
  return parseEnv(readFileSync(file, "utf8"));
}

/** The service key of `npm start`: created once, and then read from the file, so that every start can show it. */
export function loadServiceKey(file: string): string {
  if (!existsSync(file)) writePrivately(file, randomBytes(32).toString("base64url"));
  return readFileSync(file, "utf8").trim();
}

/** The entry of SERVICE_KEYS for a key that may do everything at these providers. */
export function buildServiceKeyEntry(name: string, key: string, providers: readonly string[]): string {
  return `${name}:${hash("sha256", key)}:${providers.join("+")}:read+token+connect+manage`;
}

function createSecrets(file: string): void {
  const lines = [
    "# Created by the first `npm start`. The secrets in its database open with these keys alone.",
    `AUTH_SECRET=${randomBytes(32).toString("base64")}`,
    `ENCRYPTION_KEYS=k1:${randomBytes(32).toString("base64")}`,
  ];
  writePrivately(file, lines.join("\n"));
}

/** Writes a file that only its owner can read, whole or not at all. */
function writePrivately(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
