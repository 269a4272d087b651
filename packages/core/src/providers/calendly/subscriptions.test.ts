import { describe, expect, test } from "vitest";
import { client, gateOf } from "../../../test/webhooks.ts";
import type { Access } from "../../oauth/index.ts";
import { subscribeToCalendly, unsubscribeFromCalendly } from "./subscriptions.ts";

const address = "https://app.example.com/api/v1/webhooks/calendly/1";
const api = "https://api.calendly.com";
const user = `${api}/users/U1`;
const organization = `${api}/organizations/O1`;
const me = { status: 200, text: JSON.stringify({ resource: { uri: user, current_organization: organization } }) };
const access = (http: Access["http"]): Access => ({
  http,
  client: client({ secrets: ["x"] }),
  credentials: { accessToken: "held", metadata: {} },
});
/** Answers who the user is, and the rest as told. */
const calendly = (rest: Parameters<typeof gateOf>[0]) =>
  gateOf((request) => (request.url.endsWith("/users/me") ? me : rest(request)));
const said = (status: number, title: string) => ({ status, text: JSON.stringify({ title, message: "…" }) });
const made = { status: 201, text: JSON.stringify({ resource: { uri: `${api}/webhook_subscriptions/a` } }) };
const entry = (id: string, callback_url: string) => ({ uri: `${api}/webhook_subscriptions/${id}`, callback_url });

describe("subscribing at Calendly", () => {
  test("subscribing at Calendly asks for the user's own invitations at our address", async () => {
    const http = calendly(() => made);
    await subscribeToCalendly(access(http), address);
    expect(JSON.parse(http.asked[1]?.body ?? "")).toEqual({
      url: address,
      events: ["invitee.created", "invitee.canceled"],
      organization,
      user,
      scope: "user",
    });
  });

  test("subscribing at Calendly is refused for good for a user without an organization, who works without events", async () => {
    const alone = { status: 200, text: JSON.stringify({ resource: { uri: user, current_organization: null } }) };
    await expect(subscribeToCalendly(access(gateOf(() => alone)), address)).rejects.toMatchObject({
      code: "access_denied",
    });
  });

  test("subscribing at Calendly is done where the address is registered already", async () => {
    const http = calendly(() => said(409, "Already Exists"));
    await expect(subscribeToCalendly(access(http), address)).resolves.toBeUndefined();
  });

  test.each([
    [403, "Permission Denied", "access_denied"],
    [401, "Unauthenticated", "needs_reconnect"],
    [400, "Invalid Argument", "provider_misbehaved"],
    [429, "Too Many Requests", "provider_unavailable"],
    [500, "Internal", "provider_unavailable"],
  ])("subscribing at Calendly answered with %i %s is %s", async (status, title, code) => {
    const refused = subscribeToCalendly(access(calendly(() => said(status, title))), address);
    await expect(refused).rejects.toMatchObject({ code });
  });

  test.each([200, 201, 401, 403, 409])(
    "subscribing at Calendly answered with %i by another than Calendly is tried again",
    async (status) => {
      for (const text of ["<html>", "", "{}", '{"message":"blocked"}']) {
        const refused = subscribeToCalendly(access(calendly(() => ({ status, text }))), address);
        await expect(refused).rejects.toMatchObject({ code: "provider_misbehaved" });
      }
    },
  );
});

describe("unsubscribing at Calendly", () => {
  test("unsubscribing at Calendly removes our address on every page of the list, and no other", async () => {
    const pages: Record<string, object> = {
      "": { collection: [entry("a", address), entry("b", `${address}2`)], pagination: { next_page_token: "p2" } },
      p2: { collection: [entry("c", address)], pagination: { next_page_token: null } },
    };
    const http = calendly(({ url, method }) => {
      if (method === "DELETE") return url.endsWith("/c") ? said(404, "Resource Not Found") : { status: 204, text: "" };
      return { status: 200, text: JSON.stringify(pages[new URL(url).searchParams.get("page_token") ?? ""]) };
    });
    await unsubscribeFromCalendly(access(http), address);
    const removed = http.asked.filter(({ method }) => method === "DELETE").map(({ url }) => url);
    expect(removed).toEqual([`${api}/webhook_subscriptions/a`, `${api}/webhook_subscriptions/c`]);
  });

  test.each(["https://evil.example/webhook_subscriptions/a", `${api}/webhook_subscriptions/../users/me`, `${api}/x/a`])(
    "unsubscribing at Calendly sends our token to no address that an answer names: %s",
    async (uri) => {
      const http = calendly(() => ({
        status: 200,
        text: JSON.stringify({ collection: [{ uri, callback_url: address }] }),
      }));
      await expect(unsubscribeFromCalendly(access(http), address)).rejects.toMatchObject({
        code: "provider_misbehaved",
      });
      expect(http.asked.map(({ method }) => method)).not.toContain("DELETE");
    },
  );

  test("unsubscribing at Calendly comes to an end where the list does not", async () => {
    const endless = JSON.stringify({ collection: [], pagination: { next_page_token: "again" } });
    const http = calendly(() => ({ status: 200, text: endless }));
    await unsubscribeFromCalendly(access(http), address);
    expect(http.asked.length).toBe(11);
  });
});
