import { expect, test } from "vitest";
import { issue, type Issued } from "../../../test/certificates.ts";
import { publicRoots, readCertificates, verifyChain } from "./certificate-chain.ts";

const host = "signs.example.com";
const now = new Date("2026-06-01T00:00:00Z");
const root = issue({ name: "Root", ca: true });
const intermediate = issue({ name: "Intermediate", ca: true, kind: "ec", issuer: root });
const leaf = issue({ name: host, issuer: intermediate });

const read = (bundle: readonly Issued[]) => readCertificates(bundle.map(({ pem }) => pem).join(""));
const judge = (bundle: readonly Issued[], roots = [root]) =>
  verifyChain(read(bundle), { host, roots: read(roots) }, now);
const refused = expect.objectContaining({ code: "invalid_signature" });

test("a certificate that leads to a root gives its key, for as long as the whole chain is valid", () => {
  const brief = issue({
    name: host,
    issuer: intermediate,
    from: new Date("2026-05-01"),
    until: new Date("2026-07-01"),
  });
  const { key, from, until } = judge([brief, intermediate]);
  expect(key.equals(brief.publicKey)).toBe(true);
  expect([from, until]).toEqual([new Date("2026-05-01"), new Date("2026-07-01")]);
});

test("the order of what stands behind the first does not matter, nor a root among it", () => {
  const second = issue({ name: "Second", ca: true, issuer: intermediate });
  const deep = issue({ name: host, issuer: second });
  expect(judge([deep, root, intermediate, second]).key.equals(deep.publicKey)).toBe(true);
});

test("a name may stand among the alternative ones", () => {
  const alternative = issue({ name: "Other", hosts: ["other.example.com", host], issuer: intermediate });
  expect(judge([alternative, intermediate]).key.equals(alternative.publicKey)).toBe(true);
});

const impostor = issue({ name: "Root", ca: true });
const late = new Date("2026-05-01T00:00:00Z");
test.each<[string, readonly Issued[]]>([
  ["nothing at all", []],
  ["one that signed itself", [issue({ name: host })]],
  ["one whose intermediate is missing", [leaf]],
  ["one of another host", [issue({ name: "evil.example.com", issuer: intermediate }), intermediate]],
  ["one for all hosts", [issue({ name: "x", hosts: ["*.example.com"], issuer: intermediate }), intermediate]],
  [
    "one whose alternative names are others",
    [issue({ name: host, hosts: ["x.example.com"], issuer: intermediate }), intermediate],
  ],
  ["one that names another issuer", [issue({ name: host, issuer: { ...intermediate, name: "Other" } }), intermediate]],
  ["one of a root with the same name", [issue({ name: host, issuer: impostor }), impostor]],
  ["one that ran out", [issue({ name: host, issuer: intermediate, until: late }), intermediate]],
  ["one that is of the future", [issue({ name: host, issuer: root, from: new Date("2026-12-01T00:00:00Z") })]],
  ["an authority's own", [issue({ name: host, ca: true, issuer: root })]],
  ["one with a key of another kind", [issue({ name: host, kind: "ec", issuer: root })]],
])("%s is not believed", (_what, bundle) => {
  expect(read(bundle)).toHaveLength(bundle.length);
  expect(() => judge(bundle)).toThrow(refused);
});

test("who has a certificate cannot issue one", () => {
  const person = issue({ name: "Intermediate", issuer: root });
  expect(() => judge([issue({ name: host, issuer: person }), person])).toThrow(refused);
});

test("an intermediate or a root that ran out vouches for nobody", () => {
  const old = issue({ name: "Intermediate", ca: true, issuer: root, until: late });
  expect(() => judge([issue({ name: host, issuer: old }), old])).toThrow(refused);
  const oldRoot = issue({ name: "Root", ca: true, until: late });
  expect(() => judge([issue({ name: host, issuer: oldRoot })], [oldRoot])).toThrow(refused);
});

test("a text without certificates, with a broken one, or with very many is refused", () => {
  expect(readCertificates("hello")).toEqual([]);
  expect(() => readCertificates("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")).toThrow(refused);
  expect(() => readCertificates(root.pem.repeat(7))).toThrow(refused);
});

test("the public authorities are at hand", () => {
  expect(publicRoots().length).toBeGreaterThan(50);
});
