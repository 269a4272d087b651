import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConnectError } from "../../errors.ts";
import { shopifyHmac, verifyShopifyInstall, verifyShopifyReturn } from "./hmac.ts";

const secret = "hush";
const shop = "some-shop.myshopify.com";
const timestamp = "1337178173";
const now = new Date(Number(timestamp) * 1000);

describe("Shopify's signature over a return", () => {
  test.each([
    [
      { code: "0907a61c0c8d55e99db179b68161bc00", shop, timestamp },
      "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20",
    ],
    [
      { code: "a94a110d86d2452eb3e2af4cfb8a3828", shop, timestamp },
      "2cb1a277650a659f1b11e92a4a64275b128e037f2c3390e3c8fd2d8721dac9e2",
    ],
    [
      {
        code: "0907a61c0c8d55e99db179b68161bc00",
        host: "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvc29tZS1zaG9w",
        shop,
        state: "0.6784241404160823",
        timestamp,
      },
      "9fe3d5ea81959305fd96bd3d2d44e878654e753bc8e455b5369c15a009412163",
    ],
  ])("Shopify's signature over a callback is the one of Shopify's own library", (answers, hmac) => {
    expect(shopifyHmac(answers, secret)).toBe(hmac);
    expect(verifyShopifyReturn({ parameters: { ...answers, hmac }, repeated: [] }, secret, now)).toEqual({ shop });
  });
});

const answers = { code: "abc", shop, state: "s", timestamp };
const hmac = shopifyHmac(answers, secret);
const returned = (changes: Record<string, string> = {}, repeated: string[] = []) => ({
  parameters: { ...answers, hmac, ...changes },
  repeated,
});
/** A return whose signature fits, whatever it says. */
const signed = (changes: Record<string, string>) => {
  const altered = { ...answers, ...changes };
  return { parameters: { ...altered, hmac: shopifyHmac(altered, secret) }, repeated: [] };
};
const verify = (given: ReturnType<typeof returned>, at = now) => verifyShopifyReturn(given, secret, at);

describe("a return of Shopify's", () => {
  test("31. a callback of Shopify's passes in any order of its parameters, and with a signed one that we do not know", () => {
    const { hmac, ...rest } = signed({ host: "abc", extra: "a b~!'()*" }).parameters;
    const reversed = Object.fromEntries([["hmac", hmac], ...Object.entries(rest).toReversed()]);
    expect(verifyShopifyReturn({ parameters: reversed, repeated: [] }, secret, now)).toEqual({ shop });
  });

  test.each([
    ["no hmac", returned({ hmac: "" })],
    ["a wrong hmac", returned({ hmac: "0".repeat(64) })],
    ["an hmac in capitals", returned({ hmac: hmac.toUpperCase() })],
    ["half an hmac", returned({ hmac: hmac.slice(0, 32) })],
    ["an hmac with more behind it", returned({ hmac: `${hmac}00` })],
    ["an hmac that is no hex", returned({ hmac: "ü".repeat(32) })],
    ["a parameter that was not signed", returned({ extra: "1" })],
    ["another code", returned({ code: "abd" })],
    ["another shop", returned({ shop: "other.myshopify.com" })],
    ["a repeated parameter", returned({}, ["shop"])],
    ["an array", signed({ "ids[]": "1" })],
    ["no timestamp", signed({ timestamp: "" })],
    ["a negative timestamp", signed({ timestamp: `-${timestamp}` })],
    ["a timestamp in milliseconds", signed({ timestamp: `${timestamp}000` })],
    ["a timestamp that is a number of another kind", signed({ timestamp: "1.337178173e9" })],
    ["a signed shop that is none", signed({ shop: "evil.com" })],
    ["a signed shop in capitals", signed({ shop: "Some-Shop.myshopify.com" })],
  ])("31. a callback of Shopify's is refused with %s", (_what, given) => {
    expect(() => verify(given)).toThrow(expect.objectContaining({ code: "invalid_hmac" }));
  });

  const after = (seconds: number) => () => verify(returned(), new Date(now.getTime() + seconds * 1000));

  test.each([90, -90])("32. a callback of Shopify's counts %i seconds after its timestamp", (seconds) => {
    expect(after(seconds)()).toEqual({ shop });
  });

  test.each([91, -91])("32. a callback of Shopify's does not count %i seconds after its timestamp", (seconds) => {
    const clockDifference = seconds;
    expect(after(seconds)).toThrow(expect.objectContaining({ code: "clock_differs", clockDifference }));
    const forged = () => verify(returned({ hmac: "0".repeat(64) }), new Date(now.getTime() + seconds * 1000));
    expect(forged).toThrow(expect.objectContaining({ code: "invalid_hmac", clockDifference: undefined }));
  });

  test.each([
    [90, undefined, undefined],
    [91, "link_expired", undefined],
    [86_400 * 30, "link_expired", undefined],
    [-91, "clock_differs", -91],
  ])(
    "a callback of Shopify's that installs, opened %i seconds after its timestamp, blames the clock for the future alone",
    (...expected) => {
      const [seconds, code, clockDifference] = expected;
      const at = new Date(now.getTime() + seconds * 1000);
      const open = () => verifyShopifyInstall(returned(), secret, at);
      if (code === undefined) expect(open()).toEqual({ shop });
      else expect(open).toThrow(expect.objectContaining({ code, clockDifference }));
      const forged = () => verifyShopifyInstall(returned({ hmac: "0".repeat(64) }), secret, at);
      expect(forged).toThrow(expect.objectContaining({ code: "invalid_hmac" }));
    },
  );

  test("31. a callback of Shopify's is refused, and nothing worse, for parameters of any kind", () => {
    const any = fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(any, (given) => {
        expect(() => verifyShopifyReturn({ parameters: given, repeated: [] }, secret, now)).toThrow(ConnectError);
      }),
    );
  });

  test("31. a callback of Shopify's signs a space as %20, as Shopify does", () => {
    expect(shopifyHmac({ a: "b c" }, secret)).toBe(shopifyHmac({ a: "b c", hmac: "ignored" }, secret));
    expect(shopifyHmac({ a: "b c" }, secret)).not.toBe(shopifyHmac({ a: "b+c" }, secret));
  });
});
