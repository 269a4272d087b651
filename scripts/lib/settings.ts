import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** The values of a .env file; none where there is no file. */
export function settings(file: string): NodeJS.Dict<string> {
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}
