import { isIP } from "node:net";
import { providers } from "@patchbay/core/providers";
import { aboutTelegram } from "@patchbay/core/telegram";
import { readKeyring } from "@patchbay/core/vault";
import { z } from "zod";
import { parseServiceKeys } from "../backend-api/service-keys.ts";

/** A whole number within bounds. */
export const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
};

/** One of a few words. */
export const oneOf = <const Texts extends readonly [string, ...string[]]>(texts: Texts) =>
  z.enum(texts, `must be ${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`);

/** A port of TCP. */
export const port = whole(1, 65_535);

const secretRule = "must be at least 32 characters of random text. Make it with  openssl rand -hex 32";

/** The secret that signs sessions. */
export const authSecret = z.string(secretRule).min(32, secretRule);

/** What is wrong with a text that is no origin. */
export const originRule = "must be an origin such as https://app.example.com";

/** An address of this machine to listen on. */
export const host = z
  .string()
  .refine(
    (text) => isIP(text) !== 0,
    "must be an IP address: 127.0.0.1 for this machine alone, 0.0.0.0 for every one. Some shells export HOST as the machine's name: set it anew where Patchbay is started",
  );

/** An origin: scheme and host, without path, query or credentials. */
export const origin = z
  .string()
  .refine((text) => URL.canParse(text) && isOrigin(new URL(text)), originRule)
  .transform((text) => new URL(text).origin);

/** A list separated by commas. */
export const texts = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

/** What `read` makes of a value. Its error says what is wrong, without the value. */
const readBy = <In, Out>(read: (value: In) => Out, cure = "") =>
  z.transform((value: In, context): Out => {
    try {
      return read(value);
    } catch (cause) {
      const message = cause instanceof Error ? `${cause.message}${cure}` : "";
      context.issues.push({ code: "custom", input: undefined, message });
      return z.NEVER;
    }
  });

const keyCure = '. Make one with  echo "k1:$(openssl rand -base64 32)"';

/** The keys that encrypt what is stored. */
export const keyring = z.string(`must be id:base64 with 32 bytes of key${keyCure}`).pipe(readBy(readKeyring, keyCure));

const providerIds = [...Object.keys(providers), aboutTelegram.id];

const serviceKeyCure = '. Make one with  key=$(openssl rand -base64 32); printf %s "$key" | openssl dgst -sha256 -r';

/** The keys of back ends. */
export const serviceKeys = texts.pipe(
  readBy((parts: string[]) => parseServiceKeys(parts, providerIds), serviceKeyCure),
);

/** Also one without a host, as it is written where the way is a socket: postgres://user@/database?host=/folder */
export const databaseUrl = z
  .string("must be a postgres:// URL such as postgres://patchbay:password@db.example.com:5432/patchbay")
  .refine(
    (text) => /^postgres(ql)?:\/\/\S/.test(text) && URL.canParse(text.replace("@/", "@socket/")),
    "must be a postgres:// URL such as postgres://patchbay:password@db.example.com:5432/patchbay, in its password %40 for @, %2F for / and so on",
  );

/** Older versions and other programs have tables in these. */
const foreignSchemas: ReadonlySet<string> = new Set(["public", "information_schema", "graphile_worker"]);

/** PostgreSQL cuts names after 63 bytes, and the job queue's schema has a longer name than this one. */
export const databaseSchema = z
  .string()
  .refine(
    (text) => /^(?!pg_)[a-z_][a-z0-9_]{0,49}$/.test(text) && !foreignSchemas.has(text),
    "must be a name of up to 50 lower-case letters, digits and underscores, such as patchbay, and none of PostgreSQL's own",
  );

const returnUrlRule = "must be an address such as https://app.example.com/settings, without query or fragment";

/** Where connect sessions may return to: an origin and the beginning of a path. */
export const returnUrl = z
  .string()
  .refine((text) => URL.canParse(text) && isReturnUrl(new URL(text)), returnUrlRule)
  .transform((text) => new URL(text));

function isReturnUrl(url: URL): boolean {
  return /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "" && url.username === "";
}

const appNameRule = "must be a name of up to 60 characters, such as Acme";

/** What the product is called, as its users read it. */
export const appName = z
  .string()
  .trim()
  .refine((text) => text.length > 0 && text.length <= 60 && !/\p{C}/u.test(text), appNameRule);

const proxiesRule = "must be a number up to 10, or addresses such as 10.0.0.0/8";

/** Whose word about the client's address is taken: so many proxies in front of us, or these (addresses, subnets). */
export const proxies = z.union(
  [z.coerce.number().int().min(0).max(10), texts.refine((parts) => parts.every(isNetwork), proxiesRule)],
  { error: proxiesRule },
);

function isNetwork(text: string): boolean {
  const [address = "", bits = "0", ...rest] = text.split("/");
  const named = ["loopback", "linklocal", "uniquelocal"].includes(text);
  return named || (isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= 128 && rest.length === 0);
}

function isOrigin(url: URL): boolean {
  const plain = url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "";
  return plain && /^https?:$/.test(url.protocol);
}

/** Whether a host name is that of this machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    /^127(\.\d{1,3}){3}$/.test(hostname) ||
    hostname === "[::1]"
  );
}
