import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseEnv } from "node:util";

/** The secrets for the data of `npm start`: created once, and then read from the file. */
export function loadSandboxSecrets(file: string): NodeJS.Dict<string> {
  if (!existsSync(file)) createSecrets(file);
  return parseEnv(readFileSync(file, "utf8"));
}

function createSecrets(file: string): void {
  const lines = [
    "# Created by the first `npm start`. The secrets in its database open with these keys alone.",
    `AUTH_SECRET=${randomBytes(32).toString("base64")}`,
    `ENCRYPTION_KEYS=k1:${randomBytes(32).toString("base64")}`,
  ];
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${lines.join("\n")}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
