import type { KeyObject } from "node:crypto";
import { ConnectError } from "../../errors.ts";
import type { ProviderHttp } from "../../http/index.ts";
import { publicRoots, readCertificates, verifyChain, type SigningKey } from "./certificate-chain.ts";
import { createBudget } from "./budget.ts";
import { invalidSignature } from "../signature.ts";

const kept = 4;
/** A key that is known is fetched anew so often, and used until it ends whatever comes of that. */
const renewedMs = 3_600_000;
const againMs = 60_000;
/** Anybody may name an address in a header. So many unknown ones are fetched for strangers, and no more than these at once. */
const perMinute = 30;
const burst = 10;
const fetchedAtOnce = 4;
/** For so long an address is not asked again: whose certificate nobody vouches for, and where none came. */
const forgedMs = 60_000;
const absentMs = 2_000;
const refusedAtMost = 1000;

interface Parts {
  http: ProviderHttp;
  live: boolean;
  /** PEM certificates to trust beside the public authorities. */
  roots: string | undefined;
}

/** `next`: when it is to be fetched anew. */
type Held = { voucher: SigningKey; next: number };
type Refused = { failure: unknown; until: number };

/**
 * The key that PayPal signs with, by the address of its certificate: fetched from PayPal alone, and believed if an authority
 * vouches for it as PayPal's. Throws `invalid_signature`, or `provider_unavailable` where no certificate came.
 */
export function createCertificates({ http, live, roots }: Parts) {
  const environment = live ? "" : "sandbox.";
  const address = new RegExp(
    `^https://api(-m)?\\.${environment.replace(".", "\\.")}paypal\\.com/v1/notifications/certs/[\\w-][\\w.-]{0,200}$`,
  );
  const host = `messageverificationcerts.${environment}paypal.com`;
  const trusted = () => [...publicRoots(), ...readCertificates(roots ?? "")];
  const held = new Map<string, Held>();
  const refused = new Map<string, Refused>();
  const flights = new Map<string, Promise<SigningKey>>();
  const mayFetch = createBudget({ burst, perMinute });

  async function load(url: string, now: Date): Promise<SigningKey> {
    try {
      const found = verifyChain(await fetchCertificates(http, url), { host, roots: trusted() }, now);
      held.delete(url);
      keepNewest(held, kept - 1).set(url, { voucher: found, next: now.getTime() + renewedMs });
      return found;
    } catch (failure) {
      const isForged = failure instanceof ConnectError && failure.code === "invalid_signature";
      const until = now.getTime() + (isForged ? forgedMs : absentMs);
      keepNewest(refused, refusedAtMost - 1).set(url, { failure, until });
      throw failure;
    }
  }

  async function fetchOnce(url: string, now: Date): Promise<SigningKey> {
    const flight = flights.get(url) ?? load(url, now).finally(() => flights.delete(url));
    flights.set(url, flight);
    return await flight;
  }

  /** For whoever names it: a stranger, as a rule. */
  async function meet(url: string, now: Date): Promise<SigningKey> {
    const known = refused.get(url);
    if (known && now.getTime() < known.until) throw known.failure;
    const isFree = flights.has(url) || (flights.size < fetchedAtOnce && mayFetch(now.getTime()));
    if (!isFree) throw new ConnectError("provider_unavailable", "too many certificates are asked for");
    return await fetchOnce(url, now);
  }

  async function renew(url: string, known: Held, now: Date): Promise<SigningKey> {
    known.next = now.getTime() + againMs;
    return await fetchOnce(url, now).catch(() => known.voucher);
  }

  return async (url: string, now: Date): Promise<KeyObject> => {
    if (!address.test(url)) throw invalidSignature("a certificate at an address that is not PayPal's");
    const known = held.get(url);
    const isFresh = known && now.getTime() < known.next;
    const found = known ? (isFresh ? known.voucher : await renew(url, known, now)) : await meet(url, now);
    if (now < found.from || now > found.until) throw invalidSignature("a certificate that is not valid now");
    return found.key;
  };
}

/** Drops the oldest entries until so many are left. */
function keepNewest<T>(entries: Map<string, T>, most: number): Map<string, T> {
  for (const oldest of [...entries.keys()].slice(0, Math.max(0, entries.size - most))) entries.delete(oldest);
  return entries;
}

/** What is no certificate at all is none of a forger's: PayPal's host may answer a page for a moment. */
async function fetchCertificates(http: ProviderHttp, url: string) {
  const answer = await http.send(url, { headers: { accept: "*/*" } }).catch((cause: unknown) => {
    throw new ConnectError("provider_unavailable", "PayPal's certificate could not be fetched", { cause });
  });
  if (answer.status !== 200)
    throw new ConnectError("provider_unavailable", `PayPal's certificate was answered with ${answer.status}`);
  try {
    const certificates = readCertificates(answer.text);
    if (certificates.length > 0) return certificates;
  } catch (cause) {
    throw new ConnectError("provider_unavailable", "PayPal's certificate cannot be read", { cause });
  }
  throw new ConnectError("provider_unavailable", "PayPal's certificate host answered something else");
}
