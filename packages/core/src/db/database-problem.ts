import { Client, DatabaseError } from "pg";
import { isDatabaseUnavailable } from "./database-unavailable.ts";

/** Why a database cannot be used, and what the operator can do: one sentence without a secret. */
export interface DatabaseProblem {
  sentence: string;
  /** Whether the problem may pass by itself, so that waiting helps. */
  isTransient: boolean;
}

/** How the database is reached. */
export interface DatabaseUrls {
  url: string;
  /** The URL of the owner of the tables, if that is another role. */
  ownerUrl?: string | undefined;
}

type Address = { at: string; database: string; user: string; owner?: string | undefined };
type Describe = (address: Address, failure: Error) => string;

/** The sentences for error codes of PostgreSQL (SQLSTATE), of TLS and of the system. These may pass by themselves. */
const transient: Readonly<Record<string, Describe>> = {
  ECONNREFUSED: ({ at }) => `Nothing listens at ${at}.`,
  ENOENT: ({ at }) => `There is no PostgreSQL at ${at}.`,
  ENOTFOUND: ({ at }) => `No address is known for ${at}.`,
  EAI_AGAIN: ({ at }) => `No address is known for ${at}.`,
  ETIMEDOUT: describeTimeout,
  "57P03": ({ at }, { message }) => `The PostgreSQL at ${at} says: ${message}.`,
  "53300": ({ at }) => `The PostgreSQL at ${at} has no connection left: raise its max_connections.`,
  "25006": ({ at }) => `The PostgreSQL at ${at} takes no writes: DATABASE_URL has to name the primary.`,
};

const unknownAuthority: Describe = ({ at }) =>
  `The certificate of ${at} is signed by an authority that is not known here: ` +
  "name its file in DATABASE_URL, &sslrootcert=/path/to/ca.pem.";

/** These do not pass by themselves. */
const permanent: Readonly<Record<string, Describe>> = {
  "28P01": ({ at, user }) =>
    `The PostgreSQL at ${at} refuses the password of the role ${user}: correct it in DATABASE_URL, ` +
    "where all but letters and digits is percent-encoded (%40 for @).",
  "28000": ({ at, database, user }, { message }) =>
    /no encryption|SSL off/.test(message)
      ? `The PostgreSQL at ${at} wants an encrypted connection: add ?sslmode=verify-full to DATABASE_URL.`
      : `The PostgreSQL at ${at} does not let the role ${user} into ${database}: it needs LOGIN, and a line in pg_hba.conf.`,
  "3D000": ({ at, database, owner }) =>
    `There is no database ${database} at ${at} (docs/operate.md, "Roles and rights"): create it with  ` +
    `create database "${database}"${owner === undefined ? "" : ` owner "${owner}"`}`,
  "42501": ({ database, user }, { message }) =>
    `The role ${user} lacks a right in the database ${database} (${message}): docs/operate.md, "Roles and rights", has the statements that give it.`,
  EACCES: ({ at }) => `This process may not open ${at}.`,
  EISDIR: describeUnreadableFile,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  CERT_HAS_EXPIRED: ({ at }) => `The certificate of ${at} has expired.`,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ at }) =>
    `The certificate of ${at} is for another name: write the host in DATABASE_URL as the certificate has it.`,
};

/** Explains an error of a database. Undefined: the error has nothing to do with the database. */
export function describeProblem(failure: unknown, used: DatabaseUrls): DatabaseProblem | undefined {
  if (!(failure instanceof Error)) return undefined;
  if (isFileError(failure)) return { sentence: describeUnreadableFile(undefined, failure), isTransient: false };
  const address = {
    ...parseAddress(used.url),
    owner: used.ownerUrl === undefined ? undefined : parseAddress(used.ownerUrl).user,
  };
  const code = "code" in failure ? String(failure.code) : "";
  const known = transient[code] ?? permanent[code];
  if (known !== undefined) return { sentence: known(address, failure), isTransient: code in transient };
  if (/does not support SSL/.test(failure.message)) {
    const sentence = `The PostgreSQL at ${address.at} offers no encryption: set it up there, or take sslmode out of DATABASE_URL.`;
    return { sentence, isTransient: false };
  }
  if (/password must be a (?:non-empty )?string/.test(failure.message)) {
    const { at, user } = address;
    return {
      sentence: `The PostgreSQL at ${at} wants a password of the role ${user}: add it to DATABASE_URL.`,
      isTransient: false,
    };
  }
  if (/timeout ex|connection timeout|has not answered/.test(failure.message)) {
    return { sentence: describeTimeout(address), isTransient: true };
  }
  if (isDatabaseUnavailable(failure)) {
    return { sentence: `The PostgreSQL at ${address.at} cannot be reached: ${failure.message}.`, isTransient: true };
  }
  if (failure.cause instanceof Error) return describeProblem(failure.cause, used);
  return failure instanceof DatabaseError && failure.severity === "FATAL"
    ? { sentence: `The PostgreSQL at ${address.at} says: ${failure.message}.`, isTransient: false }
    : undefined;
}

/** A certificate or a key that the URL names. */
function isFileError(failure: Error): failure is Error & { path: string } {
  return "syscall" in failure && (failure.syscall === "open" || failure.syscall === "read");
}

function describeTimeout({ at }: Address): string {
  return `The PostgreSQL at ${at} does not answer: is the port open from here?`;
}

function describeUnreadableFile(_place: unknown, failure: Error): string {
  const path = "path" in failure ? String(failure.path) : "a file";
  return `DATABASE_URL names ${path}, which cannot be read.`;
}

/** Gets the address, the database and the role of a URL, without its password. */
export function parseAddress(url: string): Address & { host: string } {
  const { host, port, database, user } = new Client(withoutFiles(url));
  const at = host.startsWith("/") ? `the socket ${host}/.s.PGSQL.${port}` : `${host}:${port}`;
  return { at, host, database: database ?? "", user: user ?? "" };
}

/** A certificate that cannot be read must not hide which address the URL names. */
function withoutFiles(url: string): string {
  return url.replaceAll(/([?&])ssl(?:cert|key|rootcert)=[^&]*/g, "$1");
}
