import { isIP } from "node:net";
import type { Config } from "./config.ts";
import { isLoopback } from "./fields.ts";

type Exposed = Pick<Config, "host" | "publicUrl" | "trustProxy" | "allowedOrigins" | "databaseUrl"> &
  Partial<Pick<Config, "migrationUrl">>;

/** What an operator should know of who can reach this process, and whose word it takes for that: a sentence each. */
export function describeExposure({ host, publicUrl, trustProxy, allowedOrigins, ...urls }: Exposed): string[] {
  const sentences = allowedOrigins
    .map((origin) => new URL(origin))
    .filter((url) => siteOf(url) !== siteOf(publicUrl))
    .map(
      ({ origin }) =>
        `ALLOWED_ORIGINS names ${origin}, which is of another site than PUBLIC_URL: browsers send no session cookie from there (SameSite), so that nobody can be signed in on it.`,
    );
  const ofDatabases = { DATABASE_URL: urls.databaseUrl, MIGRATION_DATABASE_URL: urls.migrationUrl };
  for (const [name, url] of Object.entries(ofDatabases)) {
    if (url === undefined || !isInClear(url)) continue;
    sentences.push(
      `${name} leads to another machine without encryption: add ?sslmode=verify-full, so that nobody on the way reads or changes what is stored.`,
    );
  }
  if (publicUrl.protocol === "https:" && trustProxy === 0) {
    sentences.push(
      "TRUST_PROXY is 0, but PUBLIC_URL is https: everybody counts as the proxy in front, and shares one limit. Set it to the number of proxies.",
    );
  }
  // Where proxies are named by address, nobody else is believed.
  if (["0.0.0.0", "::"].includes(host) && typeof trustProxy === "number" && trustProxy > 0) {
    sentences.push(
      `HOST is ${host}, and TRUST_PROXY a number: whoever reaches the port past the proxy can name any address, and no limit holds. Close the port to others, or name the proxies' addresses.`,
    );
  }
  return sentences;
}

/**
 * Scheme and registrable domain, as browsers compare them. The list of public suffixes is not at hand: of a name the last two
 * parts count, so that two sites below such a suffix (a.co.uk and b.co.uk) are taken for one, and nothing is said of them.
 */
function siteOf({ protocol, hostname }: URL): string {
  const whole = isIP(hostname.replaceAll(/[[\]]/g, "")) !== 0;
  return `${protocol}//${whole ? hostname : hostname.split(".").slice(-2).join(".")}`;
}

/** Whether the database is on another machine, and the way there is open to be read. Sockets and this machine are not. */
function isInClear(databaseUrl: string): boolean {
  if (!URL.canParse(databaseUrl)) return false;
  const { hostname, searchParams } = new URL(databaseUrl);
  const host = searchParams.get("host") ?? hostname;
  if (host === "" || host.startsWith("/") || /^%2f/i.test(host) || isLoopback(host)) return false;
  const mode = searchParams.get("sslmode");
  const encrypts = mode !== null && mode !== "disable" && mode !== "allow";
  return !encrypts && !["true", "1"].includes(searchParams.get("ssl") ?? "");
}
