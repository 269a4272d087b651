import { X509Certificate, type KeyObject } from "node:crypto";
import { rootCertificates } from "node:tls";
import { invalidSignature } from "../signature.ts";

/** A key that an authority vouches for, and between which moments. */
export interface SigningKey {
  key: KeyObject;
  from: Date;
  until: Date;
}

interface Trust {
  /** Whose certificate it must be. */
  host: string;
  roots: readonly X509Certificate[];
}

const maxChainLength = 6;
const block = /-----BEGIN CERTIFICATE-----[\s\w+/=]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text. Throws `invalid_signature`. */
export function readCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(block) ?? [];
  if (blocks.length > maxChainLength) throw invalidSignature("too many certificates");
  try {
    return blocks.map((text) => new X509Certificate(text));
  } catch (cause) {
    throw invalidSignature("a certificate that cannot be read", cause);
  }
}

/** The public authorities that Node trusts. */
export function publicRoots(): X509Certificate[] {
  return rootCertificates.map((pem) => new X509Certificate(pem));
}

/**
 * The key of a bundle's first certificate, if it is the host's own and the others lead from it to a root (RFC 5280 6.1,
 * without revocation and policies). Throws `invalid_signature`.
 */
export function verifyChain(bundle: readonly X509Certificate[], { host, roots }: Trust, now: Date): SigningKey {
  const [leaf, ...rest] = bundle;
  if (leaf === undefined) throw invalidSignature("no certificate");
  if (leaf.ca || leaf.checkHost(host, { wildcards: false }) === undefined)
    throw invalidSignature("a certificate of somebody else's");
  if (leaf.publicKey.asymmetricKeyType !== "rsa") throw invalidSignature("a certificate with another kind of key");
  const isValid = ({ validFromDate, validToDate }: X509Certificate) => validFromDate <= now && now <= validToDate;
  const chain = buildPath(leaf, rest.filter(isValid), roots.filter(isValid));
  if (chain === undefined || !isValid(leaf)) throw invalidSignature("a certificate that nobody vouches for");
  return {
    key: leaf.publicKey,
    from: new Date(Math.max(...chain.map(({ validFromDate }) => validFromDate.getTime()))),
    until: new Date(Math.min(...chain.map(({ validToDate }) => validToDate.getTime()))),
  };
}

/** The way from a certificate to a root, through the others. */
function buildPath(
  from: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): X509Certificate[] | undefined {
  const root = roots.find((candidate) => isIssued(from, candidate));
  if (root) return [from, root];
  for (const next of others.filter((candidate) => isIssued(from, candidate))) {
    const above = buildPath(
      next,
      others.filter((other) => other !== next),
      roots,
    );
    if (above) return [from, ...above];
  }
  return undefined;
}

function isIssued(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
