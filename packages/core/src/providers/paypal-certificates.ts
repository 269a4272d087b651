import type { KeyObject } from "node:crypto";
import { ConnectError } from "../errors.ts";
import type { Gate } from "../http/index.ts";
import { publicRoots, readCertificates, voucher, type Voucher } from "./certificate-chain.ts";
import { invalidSignature } from "./signature.ts";

const kept = 4;
const keptMs = 3_600_000;
/** Anybody may name an address in a header. We do not let them have PayPal asked by us as often as they like. */
const fetchedAtOnce = 4;
const failedMs = 60_000;
const failedAtMost = 100;

interface Parts {
  http: Gate;
  live: boolean;
  /** PEM certificates in place of the public authorities. */
  roots: string | undefined;
}

type Held = { voucher: Voucher; at: number };
type Failed = { failure: unknown; at: number };

const isWithin = (ms: number, { at }: { at: number }, now: Date): boolean => Math.abs(now.getTime() - at) < ms;

/**
 * The key that PayPal signs with, by the address of its certificate: fetched from PayPal alone, believed if a public
 * authority vouches for it as PayPal's, and kept for an hour; for as long as it is valid, where it cannot be fetched anew.
 * Throws `invalid_signature` or `provider_unavailable`.
 */
export function createCertificates({ http, live, roots }: Parts) {
  const environment = live ? "" : "sandbox.";
  const address = new RegExp(
    `^https://api(-m)?\\.${environment.replace(".", "\\.")}paypal\\.com/v1/notifications/certs/[\\w-][\\w.-]{0,200}$`,
  );
  const host = `messageverificationcerts.${environment}paypal.com`;
  const held = new Map<string, Held>();
  const flights = new Map<string, Promise<Voucher>>();
  const failed = new Map<string, Failed>();

  async function load(url: string, now: Date): Promise<Voucher> {
    const certificates = readCertificates(await fetchText(http, url));
    const found = voucher(
      certificates,
      { host, roots: roots === undefined ? publicRoots() : readCertificates(roots) },
      now,
    );
    held.delete(url);
    for (const oldest of [...held.keys()].slice(0, Math.max(0, held.size - kept + 1))) held.delete(oldest);
    held.set(url, { voucher: found, at: now.getTime() });
    return found;
  }

  async function fetchOnce(url: string, now: Date): Promise<Voucher> {
    const flight = flights.get(url);
    if (flight) return await flight;
    for (const [other, failure] of failed) if (!isWithin(failedMs, failure, now)) failed.delete(other);
    const known = failed.get(url);
    if (known) throw known.failure;
    if (flights.size >= fetchedAtOnce || failed.size >= failedAtMost)
      throw new ConnectError("provider_unavailable", "too many certificates are asked for");
    const started = load(url, now)
      .catch((failure: unknown) => {
        failed.set(url, { failure, at: now.getTime() });
        throw failure;
      })
      .finally(() => flights.delete(url));
    flights.set(url, started);
    return await started;
  }

  async function renew(url: string, now: Date, known: Held | undefined): Promise<Voucher> {
    try {
      return await fetchOnce(url, now);
    } catch (failure) {
      if (known && failure instanceof ConnectError && failure.code === "provider_unavailable") return known.voucher;
      throw failure;
    }
  }

  return async (url: string, now: Date): Promise<KeyObject> => {
    if (!address.test(url)) throw invalidSignature("a certificate at an address that is not PayPal's");
    const known = held.get(url);
    const { key, from, until } = known && isWithin(keptMs, known, now) ? known.voucher : await renew(url, now, known);
    if (now < from || now > until) throw invalidSignature("a certificate that is not valid now");
    return key;
  };
}

async function fetchText(http: Gate, url: string): Promise<string> {
  const answer = await http.send(url).catch((cause: unknown) => {
    throw new ConnectError("provider_unavailable", "PayPal's certificate could not be fetched", { cause });
  });
  if (answer.status === 200) return answer.text;
  throw new ConnectError("provider_unavailable", `PayPal's certificate was answered with ${answer.status}`);
}
