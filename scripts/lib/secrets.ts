import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseEnv } from "node:util";

/** The secrets of the sandbox's own data: made once, then the same at every start. */
export function ownSecrets(file: string): NodeJS.Dict<string> {
  if (!existsSync(file)) write(file);
  return parseEnv(readFileSync(file, "utf8"));
}

function write(file: string): void {
  const lines = [
    "# Made by the first `npm start`. What is stored in the database can be read with these alone.",
    `AUTH_SECRET=${randomBytes(32).toString("base64")}`,
    `ENCRYPTION_KEYS=k1:${randomBytes(32).toString("base64")}`,
  ];
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${lines.join("\n")}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
