import { expect, it } from "vitest";
import { buildReceiptNote } from "./receipt.tsx";

const receipt = (...revocations: Parameters<typeof buildReceiptNote>[0]["revocations"]) => ({
  id: 1,
  provider: "zoom",
  label: "Ada",
  revocations,
});

it("says that access was withdrawn", () => {
  expect(buildReceiptNote(receipt({ outcome: "revoked" }), "Zoom")).toEqual({
    id: 1,
    provider: "zoom",
    tone: "good",
    message: { text: "Zoom disconnected: ", name: "Ada", more: ". Our access was withdrawn at Zoom." },
  });
});

it("leads to where the user can look, where we cannot withdraw", () => {
  const manageUrl = "https://zoom.example/apps";
  expect(buildReceiptNote(receipt({ outcome: "unsupported", manageUrl }), "Zoom").link?.url).toBe(manageUrl);
});

it.each([
  [["revoked"], "good"],
  [["revoked", "unsupported"], "act"],
  [["retrying"], "wait"],
  [["shared"], "wait"],
] as const)("shows %j as %s: a tick only where nothing is left to do", (outcomes, tone) => {
  const manageUrl = "https://zoom.example/apps";
  const given = outcomes.map((outcome) => ({ outcome, manageUrl }));
  expect(buildReceiptNote(receipt(...given), "Zoom").tone).toBe(tone);
});

it("says what is left to do, and leads there", () => {
  const manageUrl = "https://zoom.example/apps";
  const { message, link } = buildReceiptNote(receipt({ outcome: "unsupported", manageUrl }), "Zoom");
  expect(message.more).toBe(". One step left: remove our access in your Zoom settings.");
  expect(link).toEqual({ url: manageUrl, label: "Open Zoom" });
});

it("leads there too while we still try, so that nobody has to wait for what nobody will tell", () => {
  const manageUrl = "https://zoom.example/apps";
  const { message, link } = buildReceiptNote(receipt({ outcome: "retrying", manageUrl }), "Zoom");
  expect(message.more).toContain(
    "We keep trying to withdraw our access there. If you want to be sure now, look at Zoom itself.",
  );
  expect(link?.url).toBe(manageUrl);
  expect(buildReceiptNote(receipt({ outcome: "retrying" }), "Zoom").message.more).not.toContain("If you want");
});

it("says of an account that is paused there that the access stays for now, and where the user can remove it", () => {
  const manageUrl = "https://shop.example/apps";
  const { message, link } = buildReceiptNote(
    receipt({ outcome: "retrying", manageUrl, reason: "account_paused" }),
    "Shopify",
  );
  expect(message.more).toContain("The account is paused at Shopify, so our access cannot be withdrawn yet.");
  expect(message.more).toContain("You can remove the app at Shopify yourself");
  expect(message.more).not.toMatch(/did not/);
  expect(link?.url).toBe(manageUrl);
});

it.each(["javascript:alert(1)", "http://zoom.example", "nonsense"])("links to no %s", (manageUrl) => {
  expect(buildReceiptNote(receipt({ outcome: "unsupported", manageUrl }), "Zoom").link).toBeUndefined();
});

it("tells that the provider sends no more events, where there was somewhere to send them", () => {
  const withEvents = buildReceiptNote({ ...receipt({ outcome: "revoked" }), webhooks: "removed" }, "Zoom");
  expect(withEvents.message.more).toContain("Zoom sends no more events about it.");
  expect(buildReceiptNote(receipt({ outcome: "revoked" }), "Zoom").message.more).not.toContain("events");
});

it.each([
  ["retrying", "Zoom did not confirm it. We keep trying to withdraw our access there."],
  ["shared", "Other people here still use this account, so access at Zoom stays until the last one leaves."],
] as const)("says what is left where it is %s", (outcome, expected) => {
  expect(buildReceiptNote(receipt({ outcome }), "Zoom").message.more).toContain(expected);
});
