import { beforeEach, describe, expect, it } from "vitest";
import { buildAccount, type Call, fakeApi, Refused } from "../../test/api.ts";
import { eventually, expectShown, expectSpoken, guardPage, openPage, pressButton, typeInto } from "../../test/page.tsx";
import "../dialogs.ts";

guardPage();
beforeEach(() => sessionStorage.clear());

const erasures = (calls: Call[]): unknown[] =>
  calls.filter(({ path }) => path === "session.erase").map(({ input }) => input);
const getQuestion = (): string => document.querySelector("[role=alertdialog]")?.textContent ?? "";
const revoked = { id: 1, provider: "zoom", label: "Ada", revocations: [{ outcome: "revoked" }] };
const unsupported = {
  id: 2,
  provider: "paypal",
  label: "Ada’s shop",
  revocations: [{ outcome: "unsupported", manageUrl: "https://paypal.example/apps" }],
};

/** Opens the page of a user who can be erased, and the question. */
async function openQuestion(erase: () => unknown): Promise<Call[]> {
  let isErased = false;
  const calls = fakeApi({
    "session.get": () => ({ user: isErased ? null : { email: "ada@example.com", name: "Ada" }, signUp: "open" }),
    "connections.list": () => {
      if (isErased) throw new Refused("unauthenticated");
      return [buildAccount()];
    },
    "session.erase": () => {
      const receipts = erase();
      isErased = true;
      return { receipts };
    },
  });
  openPage("/integrations");
  await pressButton("Delete my account");
  await eventually(() => expect(getQuestion()).toContain("Delete your account?"));
  return calls;
}

/** Presses the button of the question. The button in the header has the same name. */
const confirmErasure = (): void =>
  document.querySelector<HTMLButtonElement>("[role=alertdialog] .button.danger")?.click();

describe("deleting one's own account", () => {
  it("the question says what happens, and deletes nothing without a password", async () => {
    const calls = await openQuestion(() => []);
    expect(getQuestion()).toContain("Each account that you connected is disconnected at its provider.");
    confirmErasure();
    await eventually(() => expect(getQuestion()).toContain("Type your password."));
    await pressButton("Keep my account");
    await eventually(() => expect(getQuestion()).toBe(""));
    expect(erasures(calls)).toEqual([]);
  });

  it("an account is deleted with its password, and the page says that everything was withdrawn", async () => {
    const calls = await openQuestion(() => [revoked]);
    await typeInto("Password", "correct horse");
    confirmErasure();
    await expectShown("Everything about you here is deleted, and you are signed out.");
    expect(erasures(calls)).toEqual([{ password: "correct horse" }]);
    expect(document.querySelector(".receipt, .card")).toBeNull();
    expect(document.body.textContent).not.toContain("ada@example.com");
    await pressButton("Go to the sign-in page");
    await eventually(() => expect(location.pathname).toBe("/sign-in"));
  });

  it("what could not be withdrawn is shown with the link to end it, until the user goes on", async () => {
    await openQuestion(() => [revoked, unsupported]);
    await typeInto("Password", "correct horse");
    confirmErasure();
    await expectShown("PayPal disconnected: Ada’s shop. One step left: remove our access in your PayPal settings.");
    expect(document.querySelector(".receipt a")?.getAttribute("href")).toBe("https://paypal.example/apps");
    expect(document.querySelectorAll(".receipt")).toHaveLength(1);
    window.dispatchEvent(new Event("visibilitychange"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(location.pathname).toBe("/integrations");
    await eventually(() => expect(document.activeElement?.textContent).toBe("Your account is deleted"));
  });

  it("a wrong password is told at the field, and what was typed stays", async () => {
    const calls = await openQuestion(() => {
      throw new Refused("password_rejected", "password");
    });
    await typeInto("Password", "wrong");
    confirmErasure();
    await expectSpoken("That password is not right. Type it again.");
    const input = document.querySelector<HTMLInputElement>("[role=alertdialog] input");
    expect(input?.value).toBe("wrong");
    expect(input?.getAttribute("aria-invalid")).toBe("true");
    expect(erasures(calls)).toHaveLength(1);
  });
});
