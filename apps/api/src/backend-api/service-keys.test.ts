import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { findServiceKey, parseServiceKeys, requireRight } from "./service-keys.ts";

const known = ["paypal", "stripe", "telegram"];
const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");
const [one, other] = ["a key of at least thirty-two characters", "another key of more than thirty-two characters"];
const canary = "canary".padEnd(64, "a");

describe("SERVICE_KEYS", () => {
  test("SERVICE_KEYS names who calls, and the providers that they see", () => {
    const keys = parseServiceKeys([`crm:${sha256(one)}`, `billing-2:${sha256(other)}:stripe+paypal`], known);
    expect(keys.map(({ name, providers }) => [name, providers && [...providers]])).toEqual([
      ["crm", undefined],
      ["billing-2", ["stripe", "paypal"]],
    ]);
  });

  test("SERVICE_KEYS names the application in front of a name, and the rights after the providers", () => {
    const keys = parseServiceKeys(
      [
        `shop.backend:${sha256(one)}::read+token+connect`,
        `backend:${sha256(other)}:stripe:manage`,
        `crm:${sha256("plain")}`,
      ],
      known,
    );
    expect(
      keys.map(({ application, name, providers, rights }) => [
        application,
        name,
        providers && [...providers],
        [...rights],
      ]),
    ).toEqual([
      ["shop", "shop.backend", undefined, ["read", "token", "connect"]],
      ["", "backend", ["stripe"], ["manage"]],
      ["", "crm", undefined, ["read", "token"]],
    ]);
  });

  test("a key does what its rights name, and nothing else", () => {
    const [key] = parseServiceKeys([`crm:${sha256(one)}::manage`], known);
    if (key === undefined) throw new Error("no key");
    expect(() => requireRight(key, "manage")).not.toThrow();
    for (const right of ["read", "token", "connect"] as const) {
      expect(() => requireRight(key, right)).toThrow(expect.objectContaining({ code: "right_missing", reason: right }));
    }
  });

  test.each([
    ["a name alone", "canary"],
    ["the key itself", `crm:${canary}x`],
    ["no name", `:${sha256(one)}`],
    ["an empty list", `crm:${sha256(one)}:`],
    ["an empty list of rights", `crm:${sha256(one)}:stripe:`],
    ["two empty lists", `crm:${sha256(one)}::`],
    ["an unknown right", `crm:${sha256(one)}::read+canary`],
    ["a right that there is not yet", `crm:${sha256(one)}::relay`],
    ["a right's prototype", `crm:${sha256(one)}::constructor`],
    ["more than providers and rights", `crm:${sha256(one)}:stripe:read:canary`],
    ["an empty application", `.crm:${sha256(one)}`],
    ["two applications", `shop.part.crm:${sha256(one)}`],
    ["a list with a gap", `crm:${sha256(one)}:stripe++paypal`],
    ["an unknown provider", `crm:${sha256(one)}:canary`],
    ["a provider's prototype", `crm:${sha256(one)}:constructor`],
    ["a name that is taken", `billing:${sha256(one)}`],
    ["a key that is taken", `crm:${sha256(other).toUpperCase()}`],
  ])("SERVICE_KEYS refuses %s by its place, without quoting it", (_what, text) => {
    const read = () => parseServiceKeys([`billing:${sha256(other)}`, text], known);
    expect(read).toThrow(/^entry 2 /);
    expect(read).not.toThrow(/canary/);
  });
});

describe("an Authorization header", () => {
  const keys = parseServiceKeys([`crm:${sha256(one)}`, `billing:${sha256(other)}`, `short:${sha256("short")}`], known);
  const nameIn = (header: string | undefined) => findServiceKey(keys, header)?.name;

  test.each([`Bearer ${one}`, `bearer  ${one}`, `BEARER ${one}`])(
    "the Authorization header %j is that of the key which it holds",
    (header) => {
      expect(nameIn(header)).toBe("crm");
    },
  );

  test("the last of many keys is found as the first", () => {
    expect(nameIn(`Bearer ${other}`)).toBe("billing");
  });

  test("an Authorization header may hold any bytes: they are hashed as they came", () => {
    const key = "ключ из тридцати двух знаков, не меньше";
    const header = Buffer.from(`Bearer ${key}`, "utf8").toString("latin1");
    expect(findServiceKey(parseServiceKeys([`crm:${sha256(key)}`], known), header)?.name).toBe("crm");
  });

  test.each([undefined, "", "Bearer", "Bearer ", one, `Basic ${one}`, `Bearer ${one}x`, `Bearer ${sha256(one)}`])(
    "the Authorization header %j is nobody's",
    (header) => {
      expect(nameIn(header)).toBeUndefined();
    },
  );

  test("an Authorization header with a key that is too short to be safe is nobody's, although its SHA-256 is configured", () => {
    expect(nameIn("Bearer short")).toBeUndefined();
  });
});
