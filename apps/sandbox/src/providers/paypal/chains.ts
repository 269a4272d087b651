import { KeyObject } from "node:crypto";
import type { X509Certificate } from "@peculiar/x509";
import { createIntermediate, createLeaf, createRoot, curveKeys, type Holder, rsaKeys, validFor } from "./authority.ts";

const host = "api.sandbox.paypal.com";
const signer = "messageverificationcerts.sandbox.paypal.com";

/** A certificate chain to sign with, and where it is served. */
export interface Chain {
  readonly url: string;
  /** The chain that is served: leaf and intermediate. */
  readonly pem: string;
  /** What is wrong with the chain. Undefined for PayPal's own. */
  readonly flaw?: string;
}

/** The certificate chains that events are signed with. */
export interface Chains {
  readonly key: KeyObject;
  readonly right: Chain;
  /** Forged chains. An app that leaves out one check accepts one of them. */
  readonly wrong: readonly Chain[];
}

/** Creates the chains when the first event is signed, because RSA keys take time. */
export async function createChains(root: Holder, now: number): Promise<Chains> {
  const keys = await rsaKeys();
  const issuer = await createIntermediate(root, now);
  const leaf = (from: Holder, { name = signer, span = validFor(now, 398) } = {}): Promise<X509Certificate> =>
    createLeaf(from, { name, keys, span });
  const right = await leaf(issuer);
  const stranger = await createIntermediate(await createRoot("Somebody Else's Root", now), now);
  // Everybody can get a server certificate of a public authority. It does not make them an authority.
  const shopKeys = await curveKeys();
  const ofShop = { name: "shop.example.com", keys: shopKeys, span: validFor(now, 398), anyUsage: true };
  const shop = await createLeaf(issuer, ofShop);
  const pretender = await leaf({ certificate: shop, keys: shopKeys });
  const served = chainAt(`https://${host}/v1/notifications/certs/CERT-sandbox-1`, [right, issuer.certificate]);
  const wrong = [
    flawed("another CA", 2, [await leaf(stranger), stranger.certificate]),
    flawed("another name", 3, [await leaf(issuer, { name: "messages.example.com" }), issuer.certificate]),
    flawed("expired", 4, [await leaf(issuer, { span: validFor(now - 400 * day, 300) }), issuer.certificate]),
    flawed("issued by no authority", 5, [pretender, shop, issuer.certificate]),
    { ...served, url: served.url.replace(host, `${host}.evil.example`), flaw: "another host" },
    { ...served, url: served.url.replace("/v1/notifications/", "/v1/customer/"), flaw: "another path" },
    { ...served, url: served.url.replace("https:", "http:"), flaw: "not over https" },
    { ...served, url: served.url.replace(host, `${host}:8443`), flaw: "another port" },
    { ...served, url: served.url.replace(host, `${host}@evil.example`), flaw: "a user in the address" },
  ];
  return { key: KeyObject.from(keys.privateKey), right: served, wrong };
}

const day = 86_400_000;

const pemOf = (certificates: readonly X509Certificate[]): string =>
  certificates.map((certificate) => `${certificate.toString("pem")}\n`).join("");

const chainAt = (url: string, certificates: readonly X509Certificate[]): Chain => ({ url, pem: pemOf(certificates) });

const flawed = (flaw: string, number: number, certificates: readonly X509Certificate[]): Chain => ({
  ...chainAt(`https://${host}/v1/notifications/certs/CERT-sandbox-${number}`, certificates),
  flaw,
});

/** Finds the chain that an address serves. The sandbox sees neither the scheme nor the port of the address. */
export function chainServedAt({ right, wrong }: Chains, called: { host: string; path: string }): Chain | undefined {
  return [right, ...wrong].find(({ url }) => {
    const { hostname, pathname } = new URL(url);
    return hostname === called.host && pathname === called.path;
  });
}
