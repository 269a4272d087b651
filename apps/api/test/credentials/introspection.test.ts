import { beforeEach, describe, expect, test } from "vitest";
import { getSubject } from "../harness/subjects.ts";
import { connect } from "../harness/walk.ts";
import { expire, expireSealed, forgetAll, loseLease, stateOf } from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const credentials = openProcess();
const calendly = getSubject("calendly");

describe.each(["refresh_token", "access_token"])(
  "an introspection that tells of the life of the %s",
  (introspection) => {
    let connection: number;

    beforeEach(async () => {
      await Promise.all([world.control.reset(), forgetAll(world)]);
      await world.control.changeProvider({ provider: "calendly", introspection });
      ({ id: connection } = await connect(await world.signedIn(), calendly));
    });

    const introspections = async () =>
      (await world.control.listCalls()).calls.filter(({ path }) => path === "/oauth/introspect").length;

    test("an introspection ends no connection whose access token ran out in an outage", async () => {
      await world.control.setClock({ advanceMs: 3 * 3_600_000 });
      await expireSealed(world, connection);
      await world.control.failRequests({ ...calendly.token, status: 503 });
      expect(await credentials.tryIssue(connection)).toMatchObject({ code: "provider_unavailable" });
      expect(await stateOf(world, connection)).toMatchObject({ status: "active", unsettled: true });
      await loseLease(world, connection);
      expect(await credentials.tryIssue(connection)).toMatchObject({ type: "bearer" });
    });

    test("an introspection finds out about new tokens that were lost while the old access token should still live", async () => {
      await expire(world, connection);
      await world.control.failRequests({ ...calendly.token, drop: "after" });
      await credentials.tryIssue(connection);
      await loseLease(world, connection);
      expect(await credentials.tryIssue(connection)).toMatchObject({ code: "needs_reconnect", reason: "refresh_lost" });
      expect(await introspections()).toBe(1);
    });

    test("an introspection is not needed after the access token's end: the refresh tells the same", async () => {
      await expireSealed(world, connection);
      await world.control.failRequests({ ...calendly.token, drop: "after" });
      await credentials.tryIssue(connection);
      await loseLease(world, connection);
      expect(await credentials.tryIssue(connection)).toMatchObject({ code: "needs_reconnect", reason: "refresh_lost" });
      expect(await introspections()).toBe(0);
    });
  },
);
