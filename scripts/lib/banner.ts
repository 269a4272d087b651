import { styleText } from "node:util";
import type { People, Person } from "../../apps/sandbox/src/client.ts";

const bold = (text: string): string => styleText("bold", text);
const dim = (text: string): string => styleText("dim", text);

/** A table of two columns. */
export function table(rows: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${dim(name.padEnd(width))}   ${text}`).join("\n");
}

/** The people of the sandbox, with what one types to be them. */
export function listPeople(people: People): string {
  return table(Object.entries(people).map(([provider, who]) => [provider, who.map(describe).join(dim(" · "))]));
}

function describe({ name, typed, shop, phone, password }: Person): string {
  const handle = typed ?? shop?.replace(/\..*/, "") ?? phone;
  const secret = password === undefined ? "" : `, password ${password}`;
  return handle === undefined ? name : `${name} (${handle}${secret})`;
}

/** What the terminal shows once everything runs: addresses, and the people to connect as. */
export function banner(rows: readonly (readonly [string, string])[], people: People): string {
  return [
    "",
    `  ${bold("Patchbay is running.")}`,
    "",
    table(rows),
    "",
    "  Sign up with any e-mail and a password of 8 characters, then connect as",
    "",
    listPeople(people),
    "",
    `  ${dim("Ctrl-C stops everything.")}`,
    "",
  ].join("\n");
}
