import { describe, expect, test } from "vitest";
import type { Moment } from "../../world/history.ts";
import { heldTwice, losses, sentAfterStored, sentWithoutKill, soonestTakeover, type Evidence } from "./judge.ts";
import type { Standing } from "../standing.ts";

const credential = "c";

function moment(kind: Moment["kind"], at: number, more: Partial<Moment> = {}): Moment {
  return { credential, kind, at, version: 1, process: "api1.1", status: "active", reason: null, ahead: false, ...more };
}

type Given = { moments: Moment[]; sentAt?: number[]; kills?: Record<string, number>; standing?: Partial<Standing> };

function evidence({ moments, sentAt = [], kills = {}, standing = {} }: Given): Evidence {
  const resend = { provider: "zoom", person: "p", credential, generation: 0, sentAt, outcomes: [] };
  const usual = { provider: "zoom", strict: true, credential, connection: 1, person: "p", version: 1, reason: null };
  return {
    history: new Map([[credential, moments]]),
    kills: new Map(Object.entries(kills)),
    resends: sentAt.length > 0 ? [resend] : [],
    standings: [{ ...usual, status: "active", alive: true, ...standing }],
  };
}

describe("a token that is sent again", () => {
  const moments = [moment("sent", 1000), moment("sent", 32_000, { process: "api2.1" })];

  test("is excused by the kill of who had sent it", () => {
    expect(sentWithoutKill(evidence({ moments, sentAt: [1010, 32_010], kills: { "api1.1": 1100 } }))).toEqual([]);
  });

  test.each([{}, { "api2.1": 1100 }, { "api1.1": 32_100 }])("is not excused by the kills %j", (kills) => {
    expect(sentWithoutKill(evidence({ moments, sentAt: [1010, 32_010], kills }))).toHaveLength(1);
  });

  test("needs a kill for each time", () => {
    const third = moment("sent", 63_000, { process: "api3.1" });
    const sentAt = [1010, 32_010, 63_010];
    const given = { moments: [...moments, third], sentAt, kills: { "api1.1": 1100 } };
    expect(sentWithoutKill(evidence(given))).toMatchObject([{ again: 63_010, holder: "api2.1" }]);
  });

  test("must not have been answered before, as far as we had stored it", () => {
    const stored = (at: number) => [moment("sent", 1000), moment("stored", at, { version: 2 })];
    expect(sentAfterStored(evidence({ moments: stored(1200), sentAt: [1010, 1300] }))).toHaveLength(1);
    expect(sentAfterStored(evidence({ moments: stored(1400), sentAt: [1010, 1300] }))).toEqual([]);
  });
});

describe("a lease on one version", () => {
  const second = (at: number) => moment("sent", at, { process: "api2.1" });

  test("goes to another when its holder is dead and it has run out", () => {
    const given = evidence({ moments: [moment("sent", 1000), second(26_100)], kills: { "api1.1": 1100 } });
    expect(heldTwice(given)).toEqual([]);
    expect(soonestTakeover(given)).toBe(25_100);
  });

  test("goes to another when it was given back", () => {
    expect(heldTwice(evidence({ moments: [moment("sent", 1000), moment("left", 1100), second(3000)] }))).toEqual([]);
  });

  test("does not go to another sooner, or while its holder lives", () => {
    expect(heldTwice(evidence({ moments: [moment("sent", 1000), second(31_100)] }))).toHaveLength(1);
    const early = { moments: [moment("sent", 1000), second(20_000)], kills: { "api1.1": 1100 } };
    expect(heldTwice(evidence(early))).toHaveLength(1);
  });
});

describe("a connection that is dead", () => {
  const ended = moment("ended", 45_000, { process: "api2.1", status: "needs_reconnect" });
  const moments = [moment("sent", 1000), moment("sent", 44_000, { process: "api2.1" }), ended];
  const standing = { status: "needs_reconnect", alive: false };

  test("is explained by the kill of who had sent its token", () => {
    const given = { moments, standing, kills: { "api1.1": 1100, "api2.1": 50_000 } };
    expect(losses(evidence(given))).toMatchObject([{ endedAt: 45_000, kills: [1100] }]);
  });

  test("is not explained by the kill of others", () => {
    expect(losses(evidence({ moments, standing, kills: { "api3.1": 1100 } }))).toMatchObject([{ kills: [] }]);
  });
});
