import type { Answer, Browser } from "./browser.ts";
import type { World } from "./world.ts";

/** Every row of every table in every schema of ours, as text. Bytes as hex, as base64 and as they are. */
export async function dumpDatabase(world: Pick<World, "sql">): Promise<string> {
  const tables = await world.sql<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('patchbay', 'patchbay_worker')`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await world.sql<Record<string, unknown>>(`select * from ${name}`);
    parts.push(JSON.stringify(rows));
    const bytes = rows.flatMap((row) => Object.values(row)).filter((value) => Buffer.isBuffer(value));
    for (const value of bytes) parts.push(value.toString("latin1"), value.toString("hex"), value.toString("base64"));
  }
  return parts.join("\n");
}

/** A text as it might have been written down. */
export const dresses = (text: string) => [
  text,
  encodeURIComponent(text),
  Buffer.from(text).toString("base64"),
  Buffer.from(text).toString("base64url"),
  Buffer.from(text).toString("hex"),
];

/** A browser that remembers all that it was answered. */
export function remembering(browser: Browser): { browser: Browser; seen: Answer[] } {
  const seen: Answer[] = [];
  const send = browser.send.bind(browser);
  browser.send = async (...request) => {
    const answer = await send(...request);
    seen.push(answer);
    return answer;
  };
  return { browser, seen };
}

/** All that an answer says. */
export const textOf = ({ text, headers, location }: Answer) =>
  `${text} ${JSON.stringify([...headers])} ${location?.href ?? ""}`;
