import { afterEach, describe, expect, it } from "vitest";
import type { Connection } from "@patchbay/api/router";
import { buildAccount, buildCard } from "../../test/api.ts";
import { type ListChange, findChanges, buildChangeMessage, mergeMessages } from "./changes.ts";
import { claimChanges, isLocalChange } from "./local-changes.ts";

const well = buildAccount();
const ill = buildAccount({ status: "needs_reconnect", reason: "grant_ended" });
const leaving = buildAccount({ status: "disconnecting" });
const removed = buildAccount({ status: "revoked", reason: "removed_at_provider" });

describe("between two lists", () => {
  it.each<[string, { before: Connection[]; after: Connection[]; types: ListChange["type"][] }]>([
    ["nothing changed where all is as it was", { before: [well], after: [well], types: [] }],
    ["an account came", { before: [], after: [well], types: ["added"] }],
    ["an account went", { before: [well], after: [], types: ["removed"] }],
    ["an account stopped working", { before: [well], after: [ill], types: ["broke"] }],
    ["a broken account was removed at the provider too", { before: [ill], after: [removed], types: ["still-broken"] }],
    ["an account works again", { before: [removed], after: [well], types: ["recovered"] }],
    ["an account is being disconnected", { before: [well], after: [leaving], types: ["disconnecting"] }],
    ["another name is no news", { before: [well], after: [buildAccount({ label: "Ada" })], types: [] }],
  ])("%s", (_, { before, after, types }) => {
    expect(findChanges(before, after).map(({ type }) => type)).toEqual(types);
  });

  it("a broken account that came is told as one that came", () => {
    expect(findChanges([], [ill]).map(({ type }) => type)).toEqual(["added"]);
  });
});

const providers = [buildCard("zoom")];
const messages = (before: Connection[], after: Connection[]) =>
  findChanges(before, after).map((change) => buildChangeMessage(change, providers));

describe("what is told", () => {
  it("names provider, account and reason, and keeps the account’s name apart", () => {
    expect(messages([well], [removed])).toEqual([
      {
        text: "Zoom stopped working: ",
        name: "Ada Lovelace",
        more: ". The app was removed at Zoom. It cannot be used until you reconnect it.",
      },
    ]);
  });

  it("is one sentence after another for a few, and a number for many", () => {
    const others = [2, 3, 4].map((id) => buildAccount({ id, email: null, label: `Account ${id}` }));
    expect(mergeMessages(messages([], others.slice(0, 2)))).toEqual({
      text: "Zoom connected: Account 2. Zoom connected: Account 3.",
    });
    expect(mergeMessages(messages([well], others)).text).toBe("4 of your accounts have changed.");
  });
});

describe("what this tab did itself", () => {
  const held: (() => void)[] = [];
  afterEach(() => held.splice(0).forEach((release) => release()));

  it("is not told again: the account that it disconnects", () => {
    held.push(claimChanges(7));
    expect(findChanges([well], []).every(isLocalChange)).toBe(true);
    expect(findChanges([buildAccount({ id: 8 })], []).some(isLocalChange)).toBe(false);
  });

  it("is not told again: an account of the provider that it is walking with, unless that stopped working", () => {
    held.push(claimChanges("zoom"));
    expect(findChanges([], [well]).every(isLocalChange)).toBe(true);
    expect(findChanges([ill], [well]).every(isLocalChange)).toBe(true);
    expect(findChanges([well], [ill]).some(isLocalChange)).toBe(false);
  });
});
