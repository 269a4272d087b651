import { describe, expect, it } from "vitest";
import { fakeApi, Refused } from "../../test/api.ts";
import { tellTabs } from "../live/channel.ts";
import { button, eventually, field, guardPage, open, press, seen, type } from "../../test/page.tsx";

guardPage();

const nobody = { "session.get": () => ({ user: null, signUp: "open" }) };
const signIn = "/api/auth/sign-in/email";
const signUp = "/api/auth/sign-up/email";

async function enter(email: string, password: string): Promise<void> {
  await type("E-mail", email);
  await type("Password", password);
  await press("Sign in");
}

describe("signing in", () => {
  it.each([
    ["a wrong password", [401, { code: "sign_in_refused" }], "E-mail or password is not right."],
    ["too many attempts", [429, {}, { "retry-after": "30" }], "Too many attempts. Try again in 30 seconds."],
    ["anything unknown", [500, "<h1>"], "Something went wrong on our side."],
  ])("says what is wrong after %s, and keeps what was typed", async (_, answer, expected) => {
    fakeApi({ ...nobody, [signIn]: () => answer });
    open("/sign-in");
    await enter("ada@example.com", "wrong-password");
    await seen(expected);
    expect((await field("E-mail")).value).toBe("ada@example.com");
    expect((await field("Password")).value).toBe("wrong-password");
    await eventually(() => expect(document.activeElement?.getAttribute("role")).toBe("alert"));
  });

  it("goes on by itself when the user signs in in another tab", async () => {
    let user: unknown = null;
    fakeApi({ "session.get": () => ({ user, signUp: "open" }) });
    open("/sign-in");
    await button("Sign in");
    user = { email: "ada@example.com", name: "Ada" };
    tellTabs("signed-in");
    await button("Connect Zoom");
    expect(location.pathname).toBe("/integrations");
  });

  it("says which fields are missing without asking the API", async () => {
    const calls = fakeApi(nobody);
    open("/sign-in");
    await press("Sign in");
    await seen("Type your password.");
    expect((await field("E-mail")).getAttribute("aria-invalid")).toBe("true");
    expect(calls.every(({ path }) => path === "session.get")).toBe(true);
  });

  it("goes on to the account that was to be connected, whatever else the address asks", async () => {
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
    open("/sign-in?provider=zoom&returnTo=//evil.example&next=/elsewhere");
    await seen("Sign in to connect Zoom.");
    await enter("ada@example.com", "right-password");
    await eventually(() => expect(document.activeElement?.id).toBe("card-zoom"));
    expect(location.href).toMatch(/^[^/]+\/\/[^/]+\/integrations$/);
  });

  it("never shows the name of a provider it does not know", async () => {
    fakeApi(nobody);
    open("/sign-in?provider=evilcorp");
    await seen("Sign in to connect an account.");
    await eventually(() => expect(document.title).toBe("Sign in · Patchbay"));
    expect(document.body.textContent).not.toContain("evilcorp");
  });
});

describe("creating an account", () => {
  it("says when there is one already", async () => {
    fakeApi({ ...nobody, [signUp]: () => [409, { code: "email_taken", field: "email" }] });
    open("/sign-in");
    await press("Create an account");
    await type("Name", "Ada");
    await type("E-mail", "ada@example.com");
    await type("Password", "long enough");
    await press("Create account");
    await seen("There is an account with this e-mail already.");
    expect((await field("Name")).value).toBe("Ada");
  });

  it.each([
    ["email", "This is not a whole e-mail address. It looks like ada@example.com.", "E-mail"],
    ["password", "A password has 8 to 128 characters.", "Password"],
    ["name", "Give your name, with at most 200 characters.", "Name"],
  ])("says what is wrong with the %s", async (at, expected, label) => {
    fakeApi({ ...nobody, [signUp]: () => [422, { code: "invalid_request", field: at }] });
    open("/sign-in");
    await press("Create an account");
    await type("Name", "Ada");
    await type("E-mail", "ada@example.com");
    await type("Password", "long enough");
    await press("Create account");
    await seen(expected);
    expect((await field(label)).getAttribute("aria-invalid")).toBe("true");
  });

  it("leads from there to signing in, with the e-mail kept and the password next", async () => {
    fakeApi({ ...nobody, [signUp]: () => [422, { code: "email_taken", field: "email" }] });
    open("/sign-in");
    await type("E-mail", "ada@example.com");
    await press("Create an account");
    expect((await field("E-mail")).value).toBe("ada@example.com");
    await type("Name", "Ada");
    await type("Password", "long enough");
    await press("Create account");
    await press("Sign in with this e-mail");
    await button("Sign in");
    expect((await field("E-mail")).value).toBe("ada@example.com");
    expect(document.querySelector("[role=alert]")).toBeNull();
  });

  it.each(["ada@example", "ada", "ada@example.", "@example.com", "ada@exa mple.com"])(
    "asks for a whole e-mail address instead of sending %j",
    async (email) => {
      const calls = fakeApi(nobody);
      open("/sign-in");
      await press("Create an account");
      await type("Name", "Ada");
      await type("E-mail", email);
      await type("Password", "long enough");
      await press("Create account");
      await seen("Type your whole e-mail address, like ada@example.com.");
      expect(calls.some(({ path }) => path === signUp)).toBe(false);
    },
  );

  it("shows the password when asked, and hides it again", async () => {
    fakeApi(nobody);
    open("/sign-in");
    await press("Show what you typed");
    expect((await field("Password")).type).toBe("text");
    await press("Hide what you typed");
    expect((await field("Password")).type).toBe("password");
  });

  it("wants eight characters", async () => {
    const calls = fakeApi(nobody);
    open("/sign-in");
    await press("Create an account");
    await type("Name", "Ada");
    await type("E-mail", "ada@example.com");
    await type("Password", "short");
    await press("Create account");
    await seen("The password needs at least 8 characters.");
    expect(calls.some(({ path }) => path === signUp)).toBe(false);
  });

  it("is not offered where sign-up is closed", async () => {
    fakeApi({ "session.get": () => ({ user: null, signUp: "closed" }) });
    open("/sign-in");
    await seen("None can be created here now. Ask the people who run this site.");
    await button("Sign in");
    expect([...document.querySelectorAll("button")].map(({ textContent }) => textContent)).toEqual(["Show", "Sign in"]);
  });
});
