import type { Log } from "./log.ts";

const methods = ["debug", "log", "info", "warn", "error", "trace", "dir", "table"] as const;

/**
 * Leads into the log what libraries write to the console, and Node's own warnings: as they write it, a line could be a row of
 * the database, or obey a stranger. Of what they say only texts are kept, and an error as the log describes it.
 */
export function redirectConsole(log: Log): void {
  for (const method of methods) {
    console[method] = (...args: unknown[]) => {
      const err = args.find((part) => part instanceof Error);
      const texts = args.filter((part) => typeof part === "string");
      log.warn({ console: method, err }, texts.join(" ").trim());
    };
  }
  process.removeAllListeners("warning").on("warning", (err) => log.warn({ err }, "warning of Node's"));
}
