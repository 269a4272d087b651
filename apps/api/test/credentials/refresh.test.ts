import { randomBytes } from "node:crypto";
import { createSeals, createVault, readKeyring } from "@patchbay/core/vault";
import { describe, expect } from "vitest";
import { eventually, watchFor } from "../harness/probe.ts";
import { subjects } from "../harness/subjects.ts";
import { countRefreshes, createConnectedTest, failToken } from "./connected.ts";
import { createCredentialProcess, expire, stateOf } from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const [one, other] = [openProcess(), openProcess()];

const refreshing = subjects.filter(({ refreshToken }) => refreshToken !== "none");

describe.each(refreshing)("$id: a token that is asked for", (subject) => {
  const test = createConnectedTest(world, subject);

  test("a token that lasts is issued as it is", async ({ row }) => {
    const handed = await one.tryIssue(row.id);
    expect(handed).toMatchObject({
      type: "bearer",
      connection: row.id,
      provider: subject.id,
      account: { label: row.label },
    });
    expect(await countRefreshes(world)).toBe(0);
  });

  test("48. a token that has ended is refreshed once, whoever asks in whichever process, and again when it ends again", async ({
    row,
  }) => {
    const before = await one.tryIssue(row.id);
    for (const round of [1, 2, 3]) {
      await expire(world, row.id);
      const all = await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? one : other).tryIssue(row.id)));
      const tokens = new Set(
        all.map((handed) => ("type" in handed && handed.type === "bearer" ? handed.accessToken : handed)),
      );
      expect(tokens.size).toBe(1);
      expect([...tokens][0]).toEqual(expect.any(String));
      expect(tokens).not.toContain("accessToken" in before ? before.accessToken : "");
      expect(await countRefreshes(world)).toBe(round);
    }
    const { maxUsesOfOneRefreshToken } = await world.control.getSummary(subject.id);
    expect(maxUsesOfOneRefreshToken).toBe(subject.refreshToken === "lasting" ? 3 : 1);
    expect(await stateOf(world, row.id)).toMatchObject({
      status: "active",
      version: 4,
      leased: false,
      unsettled: false,
    });
  });

  test("a token that is still valid is issued while another process refreshes it", async ({ row }) => {
    await expire(world, row.id, 30);
    await failToken(world, subject, { delayMs: 2_500 });
    const sent = await watchFor(world, subject.token);
    const slow = one.tryIssue(row.id);
    await sent();
    expect(await other.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await stateOf(world, row.id)).toMatchObject({ version: 1, leased: true });
    expect(await slow).toMatchObject({ type: "bearer" });
    expect(await countRefreshes(world)).toBe(1);
  });

  test("a token that is still valid is issued while this process refreshes it, after a moment to the caller that began", async ({
    row,
  }) => {
    await expire(world, row.id, 30);
    await failToken(world, subject, { delayMs: 2_500 });
    const sent = await watchFor(world, subject.token);
    const ask = async () => ((await one.tryIssue(row.id)) as { accessToken: string }).accessToken;
    const first = ask();
    await sent();
    const second = await ask();
    expect(await first).toBe(second);
    expect(await stateOf(world, row.id)).toMatchObject({ version: 1, leased: true });
    await eventually(async () => expect(await ask()).not.toBe(second));
    expect(await countRefreshes(world)).toBe(1);
  });
});

describe.each(refreshing)("$id: a refresh", (subject) => {
  const test = createConnectedTest(world, subject);

  test("a token that ran out while the provider took its time to fail is not issued", async ({ row }) => {
    await expire(world, row.id, 2.5);
    await failToken(world, subject, { delayMs: 2_200, status: 503, body: {} });
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await one.tryIssue(row.id)).toMatchObject({ code: "provider_unavailable" });
  });

  test("a process that lacks the sealing key takes no lease from those that have it", async ({ row }) => {
    const seals = createSeals(createVault(readKeyring(`other:${randomBytes(32).toString("base64")}`)));
    await using keyless = createCredentialProcess(world, { seals });
    await expire(world, row.id);
    const { id } = await stateOf(world, row.id);
    await expect(keyless.tryIssue(row.id)).rejects.toMatchObject({ name: "SealBroken" });
    await expect(keyless.maintain(id)).rejects.toMatchObject({ name: "SealBroken" });
    expect(await stateOf(world, row.id)).toMatchObject({ leased: false, unsettled: false });
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
  });

  test("a refresh token that the answer leaves out stays in force", async ({ row }) => {
    await expire(world, row.id);
    await world.control.changeProvider({ provider: subject.id, token: { refresh_token: null } });
    const first = await one.tryIssue(row.id);
    expect(first).toMatchObject({ type: "bearer" });
    const [kept] = await world.sql<{ id: string; provider: string; secret: Buffer }>(
      "select k.* from credential k join connection c on c.credential_id = k.id where c.id = $1",
      [row.id],
    );
    expect(kept && world.seals.openCredentials(kept.secret, kept).refreshToken).toEqual(expect.any(String));
  });

  test("91. a refresh whose answer has an encoding that was not asked for is read", async ({ row }) => {
    await expire(world, row.id);
    await failToken(world, subject, { encoding: "gzip" });
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", unsettled: false, version: 2 });
  });
});
