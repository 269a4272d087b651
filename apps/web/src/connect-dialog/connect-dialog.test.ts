import { describe, expect, it, vi } from "vitest";
import { fakeApi, Refused } from "../../test/api.ts";
import {
  ada,
  ask,
  code,
  connected,
  expectDrawn,
  expectInDialog,
  expectNoAttemptStream,
  getDialog,
  guardDialog,
  listInputs,
  listStreams,
  openDialog,
  passSeconds,
  pressEscape,
  scan,
  sendPhoneNumber,
  telegram,
} from "../../test/dialog.ts";
import { eventually, expectSpoken, findButton, findField, openPage, pressButton, typeInto } from "../../test/page.tsx";
import type { AttemptStep } from "./step-types.ts";

guardDialog();

describe("closing", () => {
  it("closing the dialog stops its stream and each timer, and opening it again starts a new attempt", async () => {
    const calls = fakeApi({ "providers.list": () => [telegram], "connect.begin": () => scan("first") });
    openPage("/integrations");
    await findButton("Connect Telegram");
    await expectNoAttemptStream();
    listStreams().at(-1)?.live();
    await passSeconds(1);
    const timers = vi.getTimerCount();
    await pressButton("Connect Telegram");
    await expectDrawn();
    await eventually(() => expect(vi.getTimerCount()).toBeGreaterThan(timers));
    pressEscape();
    await eventually(() => expect(getDialog()).toBeNull());
    await eventually(() => expect(vi.getTimerCount()).toBe(timers));
    await expectNoAttemptStream();
    const asked = listInputs(calls, "connect.resume").length;
    await passSeconds(700);
    expect(listInputs(calls, "connect.resume")).toHaveLength(asked);
    await pressButton("Connect Telegram");
    await expectDrawn();
    expect(listInputs(calls, "connect.begin")).toHaveLength(2);
  });

  it("closing the dialog does not hide that the account was connected after all", async () => {
    let answer: (step: AttemptStep) => void = () => undefined;
    await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": () => new Promise<AttemptStep>((resolve) => (answer = resolve)),
      "connections.list": () => [],
    });
    await typeInto("Code", "11111");
    await findButton("Checking…");
    await pressButton("Close");
    await eventually(() => expect(getDialog()).toBeNull());
    answer(connected);
    await expectSpoken("Telegram connected: Ada");
  });
});

it("the dialog shows a provider’s texts as plain text", async () => {
  const hostile = '<img src=x onerror="window.hurt=1">\u202Egpj.exe';
  await sendPhoneNumber("+49 151 1", {
    "connect.begin": () =>
      ask({ name: "password", label: hostile, hint: hostile, placeholder: hostile, input: "text" }),
  });
  await expectInDialog('<img src=x onerror="window.hurt=1"> gpj.exe');
  expect(document.querySelector("[role=dialog] img")).toBeNull();
  expect(document.body.innerHTML).not.toContain("\u202E");
});

it("the dialog starts again with the phone number after an attempt is over", async () => {
  await sendPhoneNumber("+49 151 1", {
    "connect.begin": () => ask(code),
    "connect.resume": () => {
      throw new Refused("attempt_unknown");
    },
  });
  await typeInto("Code", "11111");
  await expectSpoken("This attempt is over. Please start again.");
  await pressButton("Start again");
  expect((await findField("Phone number")).value).toBe("+491511");
});

it("the dialog reconnects an account without leaving the page", async () => {
  const sick = { ...ada, status: "needs_reconnect" };
  const calls = fakeApi({
    "providers.list": () => [telegram],
    "connections.list": () => [sick],
    "connect.begin": () => scan("first"),
  });
  const left = openPage("/integrations");
  await pressButton("Reconnect Ada");
  await expectInDialog("Reconnect Telegram");
  await expectDrawn();
  expect(listInputs(calls, "connect.begin")).toEqual([{ provider: "telegram", reconnectConnectionId: 9 }]);
  expect(left).toEqual([]);
});

it("the dialog names the expected account when another one came, and can connect that one as a new account", async () => {
  const calls = fakeApi({
    "providers.list": () => [telegram],
    "connections.list": () => [{ ...ada, status: "needs_reconnect" }],
    "connect.begin": () => scan("first"),
    "connect.resume": () => {
      throw Refused.as("account_mismatch", { label: "Marco", connected: false });
    },
  });
  openPage("/integrations");
  await pressButton("Reconnect Ada");
  await expectDrawn();
  await passSeconds(31);
  await expectInDialog("You signed in to Telegram as Marco. Ada was not reconnected.");
  await pressButton("Connect it as another account");
  await expectInDialog("Connect Telegram");
  await expectDrawn();
  expect(listInputs(calls, "connect.begin")).toEqual([
    { provider: "telegram", reconnectConnectionId: 9 },
    { provider: "telegram" },
  ]);
});

it("the dialog sends a user who was signed out to the sign-in page", async () => {
  let user: unknown = { email: "ada@example.com", name: "Ada" };
  await openDialog({
    "session.get": () => ({ user, signUp: "open" }),
    "connect.begin": () => {
      user = null;
      throw new Refused("unauthenticated");
    },
  });
  await eventually(() => expect(location.pathname).toBe("/sign-in"));
  await eventually(() => expect(getDialog()).toBeNull());
});
