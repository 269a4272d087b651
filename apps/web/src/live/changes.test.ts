import { afterEach, describe, expect, it } from "vitest";
import type { Connection } from "@patchbay/api/router";
import { account, card } from "../../test/api.ts";
import { type Change, changesBetween, messageOf, together } from "./changes.ts";
import { claim, isOwn } from "./own.ts";

const well = account();
const ill = account({ status: "needs_reconnect", reason: "grant_ended" });
const leaving = account({ status: "disconnecting" });
const removed = account({ status: "revoked", reason: "removed_at_provider" });

describe("between two lists", () => {
  it.each<[string, { before: Connection[]; after: Connection[]; types: Change["type"][] }]>([
    ["nothing changed where all is as it was", { before: [well], after: [well], types: [] }],
    ["an account came", { before: [], after: [well], types: ["added"] }],
    ["an account went", { before: [well], after: [], types: ["removed"] }],
    ["an account stopped working", { before: [well], after: [ill], types: ["fell"] }],
    ["a broken account was removed at the provider too", { before: [ill], after: [removed], types: ["ails"] }],
    ["an account works again", { before: [removed], after: [well], types: ["well"] }],
    ["an account is being disconnected", { before: [well], after: [leaving], types: ["leaving"] }],
    ["another name is no news", { before: [well], after: [account({ label: "Ada" })], types: [] }],
  ])("%s", (_, { before, after, types }) => {
    expect(changesBetween(before, after).map(({ type }) => type)).toEqual(types);
  });

  it("a broken account that came is told as one that came", () => {
    expect(changesBetween([], [ill]).map(({ type }) => type)).toEqual(["added"]);
  });
});

const providers = [card("zoom")];
const messages = (before: Connection[], after: Connection[]) =>
  changesBetween(before, after).map((change) => messageOf(change, providers));

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
    const others = [2, 3, 4].map((id) => account({ id, email: null, label: `Account ${id}` }));
    expect(together(messages([], others.slice(0, 2)))).toEqual({
      text: "Zoom connected: Account 2. Zoom connected: Account 3.",
    });
    expect(together(messages([well], others)).text).toBe("4 of your accounts have changed.");
  });
});

describe("what this tab did itself", () => {
  const held: (() => void)[] = [];
  afterEach(() => held.splice(0).forEach((release) => release()));

  it("is not told again: the account that it disconnects", () => {
    held.push(claim(7));
    expect(changesBetween([well], []).every(isOwn)).toBe(true);
    expect(changesBetween([account({ id: 8 })], []).some(isOwn)).toBe(false);
  });

  it("is not told again: an account of the provider that it is walking with, unless that stopped working", () => {
    held.push(claim("zoom"));
    expect(changesBetween([], [well]).every(isOwn)).toBe(true);
    expect(changesBetween([ill], [well]).every(isOwn)).toBe(true);
    expect(changesBetween([well], [ill]).some(isOwn)).toBe(false);
  });
});
