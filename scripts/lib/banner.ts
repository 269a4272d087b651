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

/** What the banner tells. */
export type BannerText = {
  /** Addresses and places. */
  rows: readonly (readonly [string, string])[];
  people: People;
  serviceKey: string;
  /** The origin of the API. */
  api: string;
};

/** What the terminal shows once everything runs: addresses, the first call of a back end, and the people to connect as. */
export function banner({ rows, people, serviceKey, api }: BannerText): string {
  return [
    "",
    `  ${bold("Patchbay is running.")}`,
    "",
    table(rows),
    "",
    `  Your back end has a service key, kept in .data/service-key. It makes a link for a user of yours:`,
    "",
    `  curl --json '{ "user": { "id": "usr_1" } }' -H 'Authorization: Bearer ${serviceKey}' ${api}/api/v1/connect/sessions`,
    "",
    "  Sign up with any e-mail and a password of 8 characters, then connect as",
    "",
    listPeople(people),
    "",
    `  ${dim("Ctrl-C stops everything.")}`,
    "",
  ].join("\n");
}
