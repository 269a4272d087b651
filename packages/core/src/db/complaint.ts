import { Client, DatabaseError } from "pg";
import { isDatabaseAway } from "./away.ts";

/** Why a database cannot be used, for the operator: one sentence, with the cure. It holds no secret. */
export interface Complaint {
  sentence: string;
  /** Whether it may pass by itself: then it is worth waiting for. */
  passes: boolean;
}

/** Which database is meant. */
export interface Place {
  url: string;
  /** By which the owner of the tables connects, where that is another role. */
  ownerUrl?: string | undefined;
}

type Named = { at: string; database: string; user: string; owner?: string | undefined };
type Say = (place: Named, failure: Error) => string;

/** What PostgreSQL says (SQLSTATE), TLS, and the system. The first list is worth waiting for. */
const passing: Readonly<Record<string, Say>> = {
  ECONNREFUSED: ({ at }) => `Nothing listens at ${at}.`,
  ENOENT: ({ at }) => `There is no PostgreSQL at ${at}.`,
  ENOTFOUND: ({ at }) => `No address is known for ${at}.`,
  EAI_AGAIN: ({ at }) => `No address is known for ${at}.`,
  ETIMEDOUT: late,
  "57P03": ({ at }, { message }) => `The PostgreSQL at ${at} says: ${message}.`,
  "53300": ({ at }) => `The PostgreSQL at ${at} has no connection left: raise its max_connections.`,
  "25006": ({ at }) => `The PostgreSQL at ${at} takes no writes: DATABASE_URL has to name the primary.`,
};

const unknownAuthority: Say = ({ at }) =>
  `The certificate of ${at} is signed by an authority that is not known here: ` +
  "name its file in DATABASE_URL, &sslrootcert=/path/to/ca.pem.";

const lasting: Readonly<Record<string, Say>> = {
  "28P01": ({ at, user }) =>
    `The PostgreSQL at ${at} refuses the password of the role ${user}: mend it in DATABASE_URL, ` +
    "where all but letters and digits is percent-encoded (%40 for @).",
  "28000": ({ at, database, user }, { message }) =>
    /no encryption|SSL off/.test(message)
      ? `The PostgreSQL at ${at} wants an encrypted connection: add ?sslmode=verify-full to DATABASE_URL.`
      : `The PostgreSQL at ${at} does not let the role ${user} into ${database}: it needs LOGIN, and a line in pg_hba.conf.`,
  "3D000": ({ at, database, owner }) =>
    `There is no database ${database} at ${at} (docs/operate.md, "Roles and rights"): make it with  ` +
    `create database "${database}"${owner === undefined ? "" : ` owner "${owner}"`}`,
  "42501": ({ database, user }, { message }) =>
    `The role ${user} lacks a right in the database ${database} (${message}): docs/operate.md, "Roles and rights", has the statements that give it.`,
  EACCES: ({ at }) => `This process may not open ${at}.`,
  EISDIR: unreadable,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  CERT_HAS_EXPIRED: ({ at }) => `The certificate of ${at} has expired.`,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ at }) =>
    `The certificate of ${at} is for another name: write the host in DATABASE_URL as the certificate has it.`,
};

/** Explains what was thrown where a database was to be used. Undefined where that is none of its reasons. */
export function complaintOf(failure: unknown, used: Place): Complaint | undefined {
  if (!(failure instanceof Error)) return undefined;
  if (isFile(failure)) return { sentence: unreadable(undefined, failure), passes: false };
  const place = { ...placeOf(used.url), owner: used.ownerUrl === undefined ? undefined : placeOf(used.ownerUrl).user };
  const code = "code" in failure ? String(failure.code) : "";
  const known = passing[code] ?? lasting[code];
  if (known !== undefined) return { sentence: known(place, failure), passes: code in passing };
  if (/does not support SSL/.test(failure.message)) {
    const sentence = `The PostgreSQL at ${place.at} offers no encryption: set it up there, or take sslmode out of DATABASE_URL.`;
    return { sentence, passes: false };
  }
  if (/password must be a (?:non-empty )?string/.test(failure.message)) {
    const { at, user } = place;
    return {
      sentence: `The PostgreSQL at ${at} wants a password of the role ${user}: add it to DATABASE_URL.`,
      passes: false,
    };
  }
  if (/timeout ex|connection timeout|has not answered/.test(failure.message)) {
    return { sentence: late(place), passes: true };
  }
  if (isDatabaseAway(failure)) {
    return { sentence: `The PostgreSQL at ${place.at} cannot be reached: ${failure.message}.`, passes: true };
  }
  if (failure.cause instanceof Error) return complaintOf(failure.cause, used);
  return failure instanceof DatabaseError && failure.severity === "FATAL"
    ? { sentence: `The PostgreSQL at ${place.at} says: ${failure.message}.`, passes: false }
    : undefined;
}

/** A certificate or a key that the URL names. */
function isFile(failure: Error): failure is Error & { path: string } {
  return "syscall" in failure && (failure.syscall === "open" || failure.syscall === "read");
}

function late({ at }: Named): string {
  return `The PostgreSQL at ${at} does not answer: is the port open from here?`;
}

function unreadable(_place: unknown, failure: Error): string {
  const path = "path" in failure ? String(failure.path) : "a file";
  return `DATABASE_URL names ${path}, which cannot be read.`;
}

/** Where a URL leads, without its password. */
export function placeOf(url: string): Named & { host: string } {
  const { host, port, database, user } = new Client(withoutFiles(url));
  const at = host.startsWith("/") ? `the socket ${host}/.s.PGSQL.${port}` : `${host}:${port}`;
  return { at, host, database: database ?? "", user: user ?? "" };
}

/** What is only read from disk must not keep us from saying where the URL leads. */
function withoutFiles(url: string): string {
  return url.replaceAll(/([?&])ssl(?:cert|key|rootcert)=[^&]*/g, "$1");
}
