import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser } from "./harness/browser.ts";
import {
  begin,
  bodyOf,
  connect,
  decide,
  disconnect,
  finish,
  land,
  list,
  subjects,
  type Subject,
} from "./harness/walk.ts";
import { createWorld, type World } from "./harness/world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** Where a failure is told: in the answer of POST /connect, or in the page's address for a return that finishes. */
async function failureOf(browser: Browser, subject: Subject, landing: URL): Promise<string | null> {
  const answer = await finish(browser, subject, landing);
  return answer === undefined
    ? landing.searchParams.get("error")
    : ((answer.json["code"] as string | undefined) ?? null);
}

const codes = async (subject: Subject) => (await world.door.count(subject.id)).codeExchanges;

describe.each(subjects)("$id", (subject) => {
  test("connects, shows the account, and disconnects", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, subject);
    expect(row).toMatchObject({ provider: subject.id, status: "active" });
    expect(row.label).not.toBe("");
    const receipt = await disconnect(browser, subject, row.id);
    expect(receipt.status).toBe(200);
    expect(receipt.json["revocations"]).toMatchObject([{ outcome: subject.revokes ? "revoked" : "unsupported" }]);
    expect(await list(browser)).toEqual([]);
    if (subject.revokes) expect(await world.door.grants(subject.id)).toEqual([]);
    expect((await disconnect(browser, subject, row.id)).json["code"]).toBe("connection_unknown");
  });

  test("says so when the user denies, and asks the provider for nothing", async () => {
    if (subject.id === "shopify") return; // Shopify keeps a user who cancels; see "never comes back".
    const browser = await world.signedIn();
    const before = await codes(subject);
    const back = await decide(await begin(browser, subject), "deny", subject.person);
    const landing = (await browser.get(back)).location;
    expect(landing?.pathname).toBe("/integrations");
    expect(landing?.searchParams.get("error")).toBe("access_denied");
    expect(await codes(subject)).toBe(before);
    expect(await list(browser)).toEqual([]);
  });
});
