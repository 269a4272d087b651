import { describe, expect, it } from "vitest";
import { fakeApi, Refused } from "../../test/api.ts";
import { notifyTabs } from "../live/tab-channel.ts";
import {
  findButton,
  eventually,
  findField,
  guardPage,
  openPage,
  pressButton,
  expectShown,
  typeInto,
} from "../../test/page.tsx";

guardPage();

const nobody = { "session.get": () => ({ user: null, signUp: "open" }) };
const signIn = "/api/auth/sign-in/email";
const signUp = "/api/auth/sign-up/email";

async function enter(email: string, password: string): Promise<void> {
  await typeInto("E-mail", email);
  await typeInto("Password", password);
  await pressButton("Sign in");
}

describe("signing in", () => {
  it.each([
    ["a wrong password", [401, { code: "sign_in_refused" }], "E-mail or password is not right."],
    ["too many attempts", [429, {}, { "retry-after": "30" }], "Too many attempts. Try again in 30 seconds."],
    ["anything unknown", [500, "<h1>"], "Something went wrong on our side."],
  ])("the sign-in page says what is wrong after %s, and keeps what was typed", async (_, answer, expected) => {
    fakeApi({ ...nobody, [signIn]: () => answer });
    openPage("/sign-in");
    await enter("ada@example.com", "wrong-password");
    await expectShown(expected);
    expect((await findField("E-mail")).value).toBe("ada@example.com");
    expect((await findField("Password")).value).toBe("wrong-password");
    await eventually(() => expect(document.activeElement?.getAttribute("role")).toBe("alert"));
  });

  it("the sign-in page goes on when the user signs in in another tab", async () => {
    let user: unknown = null;
    fakeApi({ "session.get": () => ({ user, signUp: "open" }) });
    openPage("/sign-in");
    await findButton("Sign in");
    user = { email: "ada@example.com", name: "Ada" };
    notifyTabs("signed-in");
    await findButton("Connect Zoom");
    expect(location.pathname).toBe("/integrations");
  });

  it("the sign-in page says which fields are missing without a request", async () => {
    const calls = fakeApi(nobody);
    openPage("/sign-in");
    await pressButton("Sign in");
    await expectShown("Type your password.");
    expect((await findField("E-mail")).getAttribute("aria-invalid")).toBe("true");
    expect(calls.every(({ path }) => path === "session.get")).toBe(true);
  });

  it("the sign-in page goes on to the provider that the address names, and to no other address", async () => {
    let user: unknown = null;
    fakeApi({
      "session.get": () => ({ user, signUp: "open" }),
      "connections.list": () => {
        if (!user) throw new Refused("unauthenticated");
        return [];
      },
      [signIn]: () => {
        user = { email: "ada@example.com", name: "Ada" };
        return [200, {}];
      },
    });
    openPage("/sign-in?provider=zoom&returnTo=//evil.example&next=/elsewhere");
    await expectShown("Sign in to connect Zoom.");
    await enter("ada@example.com", "right-password");
    await eventually(() => expect(document.activeElement?.id).toBe("card-zoom"));
    expect(location.href).toMatch(/^[^/]+\/\/[^/]+\/integrations$/);
  });

  it("the sign-in page never shows the name of an unknown provider", async () => {
    fakeApi(nobody);
    openPage("/sign-in?provider=evilcorp");
    await expectShown("Sign in to connect an account.");
    await eventually(() => expect(document.title).toBe("Sign in · Patchbay"));
    expect(document.body.textContent).not.toContain("evilcorp");
  });
});

describe("creating an account", () => {
  it("creating an account says when the e-mail has one", async () => {
    fakeApi({ ...nobody, [signUp]: () => [409, { code: "email_taken", field: "email" }] });
    openPage("/sign-in");
    await pressButton("Create an account");
    await typeInto("Name", "Ada");
    await typeInto("E-mail", "ada@example.com");
    await typeInto("Password", "long enough");
    await pressButton("Create account");
    await expectShown("There is an account with this e-mail already.");
    expect((await findField("Name")).value).toBe("Ada");
  });

  it.each([
    ["email", "This is not a whole e-mail address. It looks like ada@example.com.", "E-mail"],
    ["password", "A password has 8 to 128 characters.", "Password"],
    ["name", "Give your name, with at most 200 characters.", "Name"],
  ])("creating an account says what is wrong with the %s", async (at, expected, label) => {
    fakeApi({ ...nobody, [signUp]: () => [422, { code: "invalid_request", field: at }] });
    openPage("/sign-in");
    await pressButton("Create an account");
    await typeInto("Name", "Ada");
    await typeInto("E-mail", "ada@example.com");
    await typeInto("Password", "long enough");
    await pressButton("Create account");
    await expectShown(expected);
    expect((await findField(label)).getAttribute("aria-invalid")).toBe("true");
  });

  it("creating an account leads to the sign-in form with the e-mail kept", async () => {
    fakeApi({ ...nobody, [signUp]: () => [422, { code: "email_taken", field: "email" }] });
    openPage("/sign-in");
    await typeInto("E-mail", "ada@example.com");
    await pressButton("Create an account");
    expect((await findField("E-mail")).value).toBe("ada@example.com");
    await typeInto("Name", "Ada");
    await typeInto("Password", "long enough");
    await pressButton("Create account");
    await pressButton("Sign in with this e-mail");
    await findButton("Sign in");
    expect((await findField("E-mail")).value).toBe("ada@example.com");
    expect(document.querySelector("[role=alert]")).toBeNull();
  });

  it.each(["ada@example", "ada", "ada@example.", "@example.com", "ada@exa mple.com"])(
    "creating an account does not send the e-mail %j",
    async (email) => {
      const calls = fakeApi(nobody);
      openPage("/sign-in");
      await pressButton("Create an account");
      await typeInto("Name", "Ada");
      await typeInto("E-mail", email);
      await typeInto("Password", "long enough");
      await pressButton("Create account");
      await expectShown("Type your whole e-mail address, like ada@example.com.");
      expect(calls.some(({ path }) => path === signUp)).toBe(false);
    },
  );

  it("creating an account can show and hide the password", async () => {
    fakeApi(nobody);
    openPage("/sign-in");
    await pressButton("Show what you typed");
    const input = await findField("Password");
    await eventually(() => expect(input.type).toBe("text"));
    await pressButton("Hide what you typed");
    await eventually(() => expect(input.type).toBe("password"));
  });

  it("creating an account needs a password of eight characters", async () => {
    const calls = fakeApi(nobody);
    openPage("/sign-in");
    await pressButton("Create an account");
    await typeInto("Name", "Ada");
    await typeInto("E-mail", "ada@example.com");
    await typeInto("Password", "short");
    await pressButton("Create account");
    await expectShown("The password needs at least 8 characters.");
    expect(calls.some(({ path }) => path === signUp)).toBe(false);
  });

  it("creating an account is not offered where sign-up is closed", async () => {
    fakeApi({ "session.get": () => ({ user: null, signUp: "closed" }) });
    openPage("/sign-in");
    await expectShown("None can be created here now. Ask the people who run this site.");
    await findButton("Sign in");
    expect([...document.querySelectorAll("button")].map(({ textContent }) => textContent)).toEqual(["Show", "Sign in"]);
  });
});
