import { afterAll, expect, it, vi } from "vitest";
import { buildCard, fakeApi } from "../../test/api.ts";
import { expectShown, guardPage, openPage } from "../../test/page.tsx";
import { fakeStreams } from "../../test/streams.ts";
import "../dialogs.ts";
import "../live/live-list.ts";
import "./connect.tsx";

/** What is listened to at the window, from before the page's own files are read. */
const { heard, restore } = vi.hoisted(() => {
  const types: string[] = [];
  const add = globalThis.addEventListener;
  globalThis.addEventListener = (...[type, ...rest]: Parameters<typeof add>) => {
    types.push(type);
    add.call(globalThis, type, ...rest);
  };
  return { heard: types, restore: () => (globalThis.addEventListener = add) };
});
afterAll(restore);
guardPage();

it("106. the page of a link listens to no message of another window", async () => {
  fakeStreams("connections.watch");
  fakeApi({
    "/api/v1/connect/open": () => [200, {}],
    "connectSession.get": () => ({
      id: "cs_1",
      product: "Acme",
      user: { id: "usr_1", name: "Ada Lovelace", email: null },
      tenant: null,
      providers: ["zoom"],
      returnUrl: "https://app.acme.example/settings",
      connection: null,
      locale: null,
      permissions: {},
      expiresAt: new Date(Date.now() + 1_800_000).toISOString(),
    }),
    "providers.list": () => [buildCard("zoom")],
    "connections.list": () => [],
  });
  openPage(`/connect#pbcs_${"t".repeat(43)}`);
  await expectShown("For Ada Lovelace");
  // What is noted here is what the page listens to.
  expect(heard).toContain("popstate");
  expect(heard).not.toContain("message");
  expect(globalThis.onmessage ?? null).toBeNull();
});
