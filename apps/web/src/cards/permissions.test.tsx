import { describe, expect, it } from "vitest";
import { buildAccount, buildCard, fakeApi } from "../../test/api.ts";
import { eventually, expectShown, guardPage, openPage, pressButton } from "../../test/page.tsx";
import { describeMissing, lacksPermissions } from "./permissions.tsx";

guardPage();

const zoomCard = buildCard("zoom", {
  permissions: [
    { scope: "user:read:user", words: "See your name and e-mail address" },
    { scope: "user_profile", words: "See your name and e-mail address" },
    { scope: "meeting:read:meeting", words: "See your meetings" },
    { scope: "canvas:read:file" },
  ],
});
const lacking = buildAccount({
  scopes: ["user:read:user"],
  missingScopes: ["meeting:read:meeting", "canvas:read:file"],
});

const listTexts = (selector: string): string[] =>
  [...document.querySelectorAll(selector)].map(({ textContent }) => textContent);

describe("a card", () => {
  it("says in words what the user allows, each once, and an unknown scope as the provider calls it", async () => {
    fakeApi({ "providers.list": () => [zoomCard] });
    openPage("/integrations");
    await eventually(() =>
      expect(listTexts("#card-zoom .card-about li")).toEqual([
        "See your name and e-mail address",
        "See your meetings",
        "canvas:read:file",
      ]),
    );
    expect(listTexts("#card-zoom .card-about li code")).toEqual(["canvas:read:file"]);
  });
});

describe("an account that could allow more", () => {
  it("says what is not allowed yet, and its button asks for it in place", async () => {
    const calls = fakeApi({
      "providers.list": () => [zoomCard],
      "connections.list": () => [lacking],
      "connect.begin": () => ({ type: "redirect", to: "https://zoom.example/authorize" }),
    });
    const left = openPage("/integrations");
    await expectShown("Not allowed yet: see your meetings; canvas:read:file.");
    expect(document.querySelector("main .toast")).toBeNull();
    await pressButton("Allow more: Ada Lovelace");
    await eventually(() => expect(left).toEqual(["https://zoom.example/authorize"]));
    expect(calls.filter(({ path }) => path === "connect.begin")).toMatchObject([
      { input: { provider: "zoom", reconnectConnectionId: lacking.id } },
    ]);
  });

  it("lists in its details what is allowed and what is not", async () => {
    fakeApi({ "providers.list": () => [zoomCard], "connections.list": () => [lacking] });
    openPage("/integrations");
    await pressButton("Details of Ada Lovelace");
    await eventually(() =>
      expect(listTexts(".account-details li")).toEqual([
        "See your name and e-mail address",
        "See your meetings",
        "canvas:read:file",
      ]),
    );
  });

  it("says no more than that where the provider is not set up", async () => {
    fakeApi({
      "providers.list": () => [{ ...zoomCard, configured: false }],
      "connections.list": () => [lacking],
    });
    openPage("/integrations");
    await expectShown("Not allowed yet");
    expect(listTexts("button")).not.toContain("Allow more");
  });
});

describe("what is not allowed yet", () => {
  it("is named up to three permissions, and how many more", () => {
    const account = buildAccount({ missingScopes: ["a", "b", "c", "d", "e"] });
    expect(describeMissing(account, [])).toBe("Not allowed yet: a; b; c; 2 more.");
  });

  it("counts for an account that works", () => {
    expect(lacksPermissions(lacking)).toBe(true);
    expect(lacksPermissions({ ...lacking, status: "needs_reconnect" })).toBe(false);
    expect(lacksPermissions({ ...lacking, missingScopes: [] })).toBe(false);
  });
});
