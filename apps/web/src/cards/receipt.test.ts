import { expect, it } from "vitest";
import { buildReceiptNote } from "./receipt.tsx";

const receipt = (...revocations: Parameters<typeof buildReceiptNote>[0]["revocations"]) => ({
  id: 1,
  provider: "zoom",
  label: "Ada",
  revocations,
});

it("a receipt says that access was withdrawn", () => {
  expect(buildReceiptNote(receipt({ outcome: "revoked" }), "Zoom")).toEqual({
    id: 1,
    provider: "zoom",
    tone: "good",
    message: { text: "Zoom disconnected: ", name: "Ada", more: ". Our access was withdrawn at Zoom." },
  });
});

it("a receipt links to the provider’s page where access cannot be withdrawn from here", () => {
  const manageUrl = "https://zoom.example/apps";
  expect(buildReceiptNote(receipt({ outcome: "unsupported", manageUrl }), "Zoom").link?.url).toBe(manageUrl);
});

it.each([
  [["revoked"], "good"],
  [["revoked", "unsupported"], "act"],
  [["retrying"], "wait"],
  [["shared"], "wait"],
] as const)("a receipt for %j has the tone %s", (outcomes, tone) => {
  const manageUrl = "https://zoom.example/apps";
  const given = outcomes.map((outcome) => ({ outcome, manageUrl }));
  expect(buildReceiptNote(receipt(...given), "Zoom").tone).toBe(tone);
});

it("a receipt says what the user has to do, and links there", () => {
  const manageUrl = "https://zoom.example/apps";
  const { message, link } = buildReceiptNote(receipt({ outcome: "unsupported", manageUrl }), "Zoom");
  expect(message.more).toBe(". One step left: remove our access in your Zoom settings.");
  expect(link).toEqual({ url: manageUrl, label: "Open Zoom" });
});

it("a receipt links to the provider’s page while the withdrawal is retried", () => {
  const manageUrl = "https://zoom.example/apps";
  const { message, link } = buildReceiptNote(receipt({ outcome: "retrying", manageUrl }), "Zoom");
  expect(message.more).toContain(
    "We keep trying to withdraw our access there. If you want to be sure now, look at Zoom itself.",
  );
  expect(link?.url).toBe(manageUrl);
  expect(buildReceiptNote(receipt({ outcome: "retrying" }), "Zoom").message.more).not.toContain("If you want");
});

it("a receipt of a paused account says that access stays for now, and where the user can remove it", () => {
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

it.each(["javascript:alert(1)", "http://zoom.example", "nonsense"])("a receipt does not link to %s", (manageUrl) => {
  expect(buildReceiptNote(receipt({ outcome: "unsupported", manageUrl }), "Zoom").link).toBeUndefined();
});

it("a receipt says that the provider sends no more events, if it sent events", () => {
  const withEvents = buildReceiptNote({ ...receipt({ outcome: "revoked" }), webhooks: "removed" }, "Zoom");
  expect(withEvents.message.more).toContain("Zoom sends no more events about it.");
  expect(buildReceiptNote(receipt({ outcome: "revoked" }), "Zoom").message.more).not.toContain("events");
});

it.each([
  ["retrying", "Zoom did not confirm it. We keep trying to withdraw our access there."],
  ["shared", "Other people here still use this account, so access at Zoom stays until the last one leaves."],
] as const)("a receipt says what happens next when the outcome is %s", (outcome, expected) => {
  expect(buildReceiptNote(receipt({ outcome }), "Zoom").message.more).toContain(expected);
});
