import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";

/** A certificate of a test's own making, and the key that belongs to it. */
export interface Issued {
  pem: string;
  name: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

interface Wanted {
  name: string;
  issuer?: Issued;
  ca?: boolean;
  from?: Date;
  until?: Date;
  kind?: "rsa" | "ec";
  /** DNS names in subjectAltName. */
  hosts?: readonly string[];
}

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const bits = (content: Uint8Array) => der(0x03, Buffer.from([0]), content);
const truth = der(0x01, Buffer.from([0xff]));

/** Distinguished name with a common name alone. */
const named = (name: string) => sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(name)))));
const time = (at: Date) => der(0x18, Buffer.from(at.toISOString().replaceAll(/[-:T]|\.\d+/g, "")));
const extension = (id: string, critical: boolean, value: Uint8Array) =>
  sequence(oid(id), ...(critical ? [truth] : []), der(0x04, value));

const withRsa = sequence(oid("2a864886f70d01010b"), der(0x05));
const withEcdsa = sequence(oid("2a8648ce3d040302"));

/** Issues an X.509 certificate (RFC 5280). Without an issuer it signs itself. */
export function issue({ name, issuer, ca = false, kind = "rsa", hosts = [], ...dates }: Wanted): Issued {
  const { from = new Date("2026-01-01T00:00:00Z"), until = new Date("2027-01-01T00:00:00Z") } = dates;
  const pair =
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer = issuer?.privateKey ?? pair.privateKey;
  const algorithm = signer.asymmetricKeyType === "rsa" ? withRsa : withEcdsa;
  const alternatives = hosts.map((host) => der(0x82, Buffer.from(host)));
  const extensions = sequence(
    extension("551d13", true, ca ? sequence(truth) : sequence()),
    ...(hosts.length > 0 ? [extension("551d11", false, sequence(...alternatives))] : []),
  );
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    named(issuer?.name ?? name),
    sequence(time(from), time(until)),
    named(name),
    pair.publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, extensions),
  );
  const certificate = sequence(body, algorithm, bits(sign("sha256", body, signer)));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return { pem: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----\n"].join("\n"), name, ...pair };
}
