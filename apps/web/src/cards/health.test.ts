import { describe, expect, it } from "vitest";
import { buildAccount } from "../../test/api.ts";
import { describeProblem, getHealthLabel, isPaused, describeWarning } from "./health.tsx";

const zoom = { name: "Zoom", configured: true };

describe("describeProblem", () => {
  it.each([
    ["grant_ended", "Zoom ended our access"],
    ["refresh_lost", "A renewal with Zoom was cut off"],
    ["superseded", "Another connection of this Zoom account took its place."],
    ["some internal words", "Zoom no longer accepts this connection."],
    ["toString", "Zoom no longer accepts this connection."],
    [null, "Zoom no longer accepts this connection."],
  ])("describes the reason %s, and says what helps", (reason, expected) => {
    const told = describeProblem({ label: "Ada", status: "needs_reconnect", reason }, zoom);
    expect(told).toContain(expected);
    expect(told).toMatch(/Reconnect to use it again\.$/);
  });

  it("says when a paused account works again, and offers no reconnect", () => {
    const paused = buildAccount({ label: "Acme Goods", status: "needs_reconnect", reason: "account_paused" });
    expect(describeProblem(paused, { name: "Shopify", configured: true })).toBe(
      "Acme Goods is paused at Shopify. It works again when it is reopened there.",
    );
    expect(getHealthLabel(paused).badge).toBe("Paused");
    expect(isPaused(buildAccount({ status: "needs_reconnect", reason: "account_gone" }))).toBe(false);
    expect(describeProblem({ ...paused, reason: "account_gone" }, { name: "Shopify", configured: true })).toMatch(
      /30 days\. Reconnect to use it again\.$/,
    );
  });

  it("says of an account whose access is not renewed that we keep trying, and that reconnecting may help", () => {
    const failing = buildAccount({ label: "Ada", status: "needs_reconnect", reason: "refresh_failing" });
    expect(describeProblem(failing, zoom)).toBe(
      "Zoom does not renew our access. We keep trying. If it goes on, reconnect.",
    );
    expect(getHealthLabel(failing)).toEqual({ badge: "Not working", tone: "warn" });
    expect(isPaused(failing)).toBe(false);
  });

  it.each([false, true])(
    "says that reconnecting does not help an account whose app is not set up here (configured: %s)",
    (configured) => {
      const left = buildAccount({ label: "Ada", status: "needs_reconnect", reason: "provider_not_configured" });
      expect(describeProblem(left, { name: "Zoom", configured })).toBe(
        "Zoom is not set up here as it was. This account works again when it is.",
      );
      expect(getHealthLabel(left).badge).toBe("Paused");
      expect(isPaused(left)).toBe(true);
      expect(isPaused(buildAccount({ status: "needs_reconnect", reason: "grant_ended" }))).toBe(false);
    },
  );

  it("says what a removal at the provider means", () => {
    expect(describeProblem({ label: "Ada", status: "revoked", reason: "removed_at_provider" }, zoom)).toBe(
      "The app was removed at Zoom. It cannot be used until you reconnect it.",
    );
    expect(describeProblem({ label: "Ada", status: "revoked", reason: null }, zoom)).toContain(
      "Access was withdrawn at Zoom.",
    );
  });

  it("does not ask to reconnect where the provider is not configured", () => {
    const told = describeProblem(
      { label: "Ada", status: "needs_reconnect", reason: "grant_ended" },
      { ...zoom, configured: false },
    );
    expect(told).toBe("Zoom ended our access. It cannot be reconnected now: ask the people who run this site.");
  });

  it("asks for nothing while an account is being disconnected", () => {
    expect(describeProblem({ label: "Ada", status: "disconnecting", reason: "replaced" }, zoom)).not.toMatch(
      /reconnect|replaced/i,
    );
  });
});

describe("describeWarning", () => {
  const now = Date.parse("2026-11-23T10:00:00.000Z");
  const soon = (endsAt: string | null) => describeWarning(buildAccount({ endsAt }), now);

  it("warns of an end within 14 days", () => {
    expect(soon("2026-12-03T10:00:00.000Z")).toBe("Access ends on 3 December unless it can be renewed.");
    expect(soon("2026-12-07T09:59:00.000Z")).toContain("7 December");
  });

  it("does not warn of an end that is farther away, or of none", () => {
    expect(soon("2026-12-07T10:01:00.000Z")).toBeUndefined();
    expect(soon(null)).toBeUndefined();
    expect(soon("nonsense")).toBeUndefined();
  });

  it("names no day for an end that is past", () => {
    expect(soon("2026-11-23T09:00:00.000Z")).toContain("Access may end any moment");
  });

  it("warns of missing permissions before an end", () => {
    const lesser = buildAccount({ reason: "scope_missing", endsAt: "2026-11-24T00:00:00.000Z" });
    expect(describeWarning(lesser, now)).toMatch(/^Some permissions were left out /);
  });

  it("warns only of an account that works", () => {
    expect(
      describeWarning(buildAccount({ status: "revoked", endsAt: "2026-11-24T00:00:00.000Z" }), now),
    ).toBeUndefined();
  });
});
