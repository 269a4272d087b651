import { expect, test } from "vitest";
import { buildReturnUrl, parseSessionReturnUrl } from "./return-url.ts";

const allowed = [new URL("https://app.acme.example/settings"), new URL("http://localhost:5000/")];
const isAllowed = (text: string) => parseSessionReturnUrl(text, allowed) !== undefined;

test.each([
  "https://app.acme.example/settings",
  "https://app.acme.example/settings/connections?tab=zoom&user=a%20b",
  "http://localhost:5000/return",
  "HTTPS://APP.ACME.EXAMPLE/settings",
])("a return to %s is allowed", (text) => {
  expect(isAllowed(text)).toBe(true);
});

test.each([
  "//evil.example/settings",
  "https:evil.example",
  "https:/\\evil.example/settings",
  "\\\\evil.example",
  "%2f%2fevil.example",
  "javascript:alert(1)",
  "data:text/html,hello",
  "https://evil.example/settings",
  "https://app.acme.example.evil.example/settings",
  "https://app.acme.example@evil.example/settings",
  "https://user@app.acme.example/settings",
  "https://app.acme.example:8443/settings",
  "http://app.acme.example/settings",
  "https://app.acme.example/settingsmore",
  "https://app.acme.example/",
  "https://app.acme.example/settings/../admin",
  "https://app.acme.example/settings/..%2fadmin",
  "https://app.acme.example/settings/%2e%2e/admin",
  "https://app.acme.example/settings/%5c..%5cadmin",
  "https://app.acme.example/settings\\..\\admin",
  "https://app.acme.example/settings\t/x",
  "https://app.acme.example/settings\n",
  " https://app.acme.example/settings",
  "https://app.acme.example/settings#fragment",
  "https://app.acme.example./settings",
  "/settings",
  "",
  `https://app.acme.example/settings/${"a".repeat(2_000)}`,
])("4. a return to %j is refused", (text) => {
  expect(isAllowed(text)).toBe(false);
});

test("what the address itself says in our parameters is replaced", () => {
  const returnUrl =
    "https://app.acme.example/settings?tab=1&connect_code=planted&error=planted&connect_session=cs_planted";
  expect(buildReturnUrl(returnUrl, { connect_session: "cs_1", connect_code: "code", provider: "zoom" })).toBe(
    "https://app.acme.example/settings?tab=1&connect_session=cs_1&connect_code=code&provider=zoom",
  );
  expect(buildReturnUrl(returnUrl, { connect_session: "cs_1" })).toBe(
    "https://app.acme.example/settings?tab=1&connect_session=cs_1",
  );
});
