// The certificate library needs this polyfill before it is loaded.
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { days } from "../../clock.ts";
import { randomHex } from "../../random.ts";

type KeyPair = Awaited<ReturnType<typeof curveKeys>>;

/** A certificate and its key. */
export interface Holder {
  readonly certificate: X509Certificate;
  readonly keys: KeyPair;
}

/** When a certificate is valid. */
export interface Span {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A validity that began yesterday and lasts this many days. */
export const validFor = (now: number, count: number): Span => ({
  notBefore: new Date(now - days(1)),
  notAfter: new Date(now + days(count)),
});

const curve = { name: "ECDSA", namedCurve: "P-256" };
const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: Uint8Array.of(1, 0, 1), modulusLength: 2048 };
const signing = { name: "ECDSA", hash: "SHA-256" };

/** Creates the keys of an authority. */
export const curveKeys = () => crypto.subtle.generateKey(curve, true, ["sign", "verify"]);

/** The keys that sign events: RSA, like PayPal's. */
export const rsaKeys = (): Promise<KeyPair> => crypto.subtle.generateKey(rsa, true, ["sign", "verify"]);

const authority = (): Extension[] => [
  new BasicConstraintsExtension(true, undefined, true),
  new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
];

const ofServer = (name: string): Extension[] => [
  new BasicConstraintsExtension(false, undefined, true),
  new SubjectAlternativeNameExtension([{ type: "dns", value: name }]),
];

const toSign = (): Extension =>
  new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true);

/** Creates a root that nothing but this sandbox trusts. */
export async function createRoot(name: string, now: number): Promise<Holder> {
  const keys = await curveKeys();
  const fixed = { serialNumber: randomHex(8), name: `CN=${name}, O=Patchbay Sandbox`, signingAlgorithm: signing };
  const made = { ...fixed, ...validFor(now, 3650), keys, extensions: authority() };
  return { certificate: await X509CertificateGenerator.createSelfSigned(made), keys };
}

/** Creates an authority under another one. */
export async function createIntermediate(issuer: Holder, now: number): Promise<Holder> {
  const keys = await curveKeys();
  const subject = "CN=Sandbox Webhook Intermediate, O=Patchbay Sandbox";
  const extensions = authority();
  return { certificate: await certify(issuer, { subject, keys, span: validFor(now, 1825), extensions }), keys };
}

interface Leaf {
  readonly name: string;
  readonly keys: KeyPair;
  readonly span: Span;
  /** Leaves out what the key is for. */
  readonly anyUsage?: boolean;
}

/** Creates a certificate for a server of this name, which may certify nothing. */
export function createLeaf(issuer: Holder, { name, keys, span, anyUsage = false }: Leaf): Promise<X509Certificate> {
  const extensions = anyUsage ? ofServer(name) : [...ofServer(name), toSign()];
  return certify(issuer, { subject: `CN=${name}, O=Patchbay Sandbox`, keys, span, extensions });
}

interface Request {
  readonly subject: string;
  readonly keys: KeyPair;
  readonly span: Span;
  readonly extensions: Extension[];
}

function certify(issuer: Holder, { subject, keys, span, extensions }: Request): Promise<X509Certificate> {
  return X509CertificateGenerator.create({
    serialNumber: randomHex(8),
    subject,
    issuer: issuer.certificate.subject,
    ...span,
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: signing,
    extensions,
  });
}
