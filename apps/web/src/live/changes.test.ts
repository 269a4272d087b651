import { afterEach, describe, expect, it } from "vitest";
import type { Connection } from "@patchbay/api/router";
import { buildAccount, buildCard } from "../../test/api.ts";
import { type ListChange, findChanges, buildChangeMessage, mergeMessages } from "./changes.ts";
import { claimChanges, isLocalChange } from "./local-changes.ts";

const well = buildAccount();
const ill = buildAccount({ status: "needs_reconnect", reason: "grant_ended" });
const leaving = buildAccount({ status: "disconnecting" });
const removed = buildAccount({ status: "revoked", reason: "removed_at_provider" });

describe("findChanges", () => {
  it.each<[string, { before: Connection[]; after: Connection[]; types: ListChange["type"][] }]>([
    ["finds nothing in equal lists", { before: [well], after: [well], types: [] }],
    ["finds an added account", { before: [], after: [well], types: ["added"] }],
    ["finds a removed account", { before: [well], after: [], types: ["removed"] }],
    ["finds an account that stopped working", { before: [well], after: [ill], types: ["broke"] }],
    [
      "finds an account that is broken for another reason",
      { before: [ill], after: [removed], types: ["still-broken"] },
    ],
    ["finds an account that works again", { before: [removed], after: [well], types: ["recovered"] }],
    ["finds an account that is being disconnected", { before: [well], after: [leaving], types: ["disconnecting"] }],
    ["finds nothing in another label", { before: [well], after: [buildAccount({ label: "Ada" })], types: [] }],
  ])("%s", (_, { before, after, types }) => {
    expect(findChanges(before, after).map(({ type }) => type)).toEqual(types);
  });

  it("finds a new account as added, even if it is broken", () => {
    expect(findChanges([], [ill]).map(({ type }) => type)).toEqual(["added"]);
  });
});

const providers = [buildCard("zoom")];
const messages = (before: Connection[], after: Connection[]) =>
  findChanges(before, after).map((change) => buildChangeMessage(change, providers));

describe("buildChangeMessage and mergeMessages", () => {
  it("a message names provider, account and reason, and keeps the account’s name apart", () => {
    expect(messages([well], [removed])).toEqual([
      {
        text: "Zoom stopped working: ",
        name: "Ada Lovelace",
        more: ". The app was removed at Zoom. It cannot be used until you reconnect it.",
      },
    ]);
  });

  it("a few messages become one sentence each, and many become a number", () => {
    const others = [2, 3, 4].map((id) => buildAccount({ id, email: null, label: `Account ${id}` }));
    expect(mergeMessages(messages([], others.slice(0, 2)))).toEqual({
      text: "Zoom connected: Account 2. Zoom connected: Account 3.",
    });
    expect(mergeMessages(messages([well], others)).text).toBe("4 of your accounts have changed.");
  });
});

describe("isLocalChange", () => {
  const held: (() => void)[] = [];
  afterEach(() => held.splice(0).forEach((release) => release()));

  it("a change of an account that this tab disconnects is local", () => {
    held.push(claimChanges(7));
    expect(findChanges([well], []).every(isLocalChange)).toBe(true);
    expect(findChanges([buildAccount({ id: 8 })], []).some(isLocalChange)).toBe(false);
  });

  it("a change of a provider’s account during its connect flow is local, unless the account stopped working", () => {
    held.push(claimChanges("zoom"));
    expect(findChanges([], [well]).every(isLocalChange)).toBe(true);
    expect(findChanges([ill], [well]).every(isLocalChange)).toBe(true);
    expect(findChanges([well], [ill]).some(isLocalChange)).toBe(false);
  });
});
