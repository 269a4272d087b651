import { beforeEach, describe, expect, test } from "vitest";
import { subjects } from "../harness/subjects.ts";
import { connect, disconnect, list } from "../harness/walk.ts";
import { dueIn, expire, expireSealed, forgetAll, loseLease, stateOf } from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const reported: string[] = [];
const credentials = openProcess({ report: ({ code }) => reported.push(code) });
const rotating = subjects.filter(({ refreshToken }) => refreshToken === "single-use" || refreshToken === "rotating");

describe.each(rotating)("$id, which renews the refresh token alone,", (subject) => {
  const half = (token: object | null) => world.control.changeProvider({ provider: subject.id, token });
  const withoutAccess = () => half({ access_token: null });

  beforeEach(async () => {
    await Promise.all([world.control.reset(), forgetAll(world)]);
    reported.length = 0;
  });

  test("a refresh token that comes alone costs nobody the access token that still lives, and is reported", async () => {
    const row = await connect(await world.signedIn(), subject);
    const before = await credentials.tryIssue(row.id);
    await expire(world, row.id, 30);
    await withoutAccess();
    expect(await credentials.tryIssue(row.id)).toMatchObject({
      accessToken: "accessToken" in before && before.accessToken,
    });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", version: 2, failures: 1, unsettled: false });
    expect(await dueIn(world, row.id, "keep")).toBeLessThan(5);
    expect(reported).toEqual(["provider_misbehaved"]);
    // Again, and nothing is asked at once.
    await loseLease(world, row.id);
    const { id } = await stateOf(world, row.id);
    await credentials.maintain(id);
    expect(await credentials.tryIssue(row.id)).toMatchObject({ expiresAt: expect.any(String) as string });
    expect(await stateOf(world, row.id)).toMatchObject({ failures: 2, version: 3 });
    expect(reported).toHaveLength(2);
    await half(null);
    await loseLease(world, row.id);
    await credentials.maintain(id);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 0, version: 4 });
    expect((await world.control.getSummary(subject.id)).maxUsesOfOneRefreshToken).toBe(1);
  });

  test("a refresh token that comes alone after the access token's end is the provider's fault, until it gives both", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, subject);
    await expire(world, row.id);
    await withoutAccess();
    expect(await credentials.tryIssue(row.id)).toMatchObject({ code: "provider_misbehaved" });
    expect(await credentials.tryIssue(row.id)).toMatchObject({ code: "provider_unavailable" });
    await half(null);
    await loseLease(world, row.id);
    expect(await credentials.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await list(browser)).toMatchObject([{ status: "active" }]);
  });

  test("a disconnect without an access token asks the provider for nothing, and is tried again", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, subject);
    const { id } = await stateOf(world, row.id);
    await expireSealed(world, row.id);
    await withoutAccess();
    const [told] = (await disconnect(browser, subject, row.id)).json["revocations"] as { outcome: string }[];
    await half(null);
    if (told?.outcome === "retrying") expect(await credentials.revoke(id)).toMatchObject({ outcome: "revoked" });
    expect(await world.control.listRefreshableGrants(subject.id)).toEqual([]);
  });
});
