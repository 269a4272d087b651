import { describe, expect, it } from "vitest";
import { Refused } from "../../test/api.ts";
import {
  ask,
  code,
  connected,
  expectInDialog,
  getDialog,
  guardDialog,
  listInputs,
  passSeconds,
  password,
  sendPhoneNumber,
} from "../../test/dialog.ts";
import { eventually, expectSpoken, findButton, findField, getSpoken, pressButton, typeInto } from "../../test/page.tsx";

guardDialog();

describe("a code to type", () => {
  it("a wrong code is refused with the attempts that are left, and selected to be typed over", async () => {
    await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": () => ask(code, { rejected: "code_rejected", attemptsLeft: 1 }),
    });
    await typeInto("Code", "11111");
    await expectSpoken("That code is not right. Check it and type it again. 1 attempt left.");
    const input = await findField("Code");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    await eventually(() => expect([input.selectionStart, input.selectionEnd]).toEqual([0, 5]));
  });

  it("a code is not sent before it is complete", async () => {
    const calls = await sendPhoneNumber("+49 151 1", { "connect.begin": () => ask(code) });
    await typeInto("Code", "111");
    await pressButton("Continue");
    await expectInDialog("Enter all 5 digits.");
    expect(listInputs(calls, "connect.resume")).toEqual([]);
  });

  it("a code is sent once, however often it is confirmed", async () => {
    const calls = await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": () => new Promise(() => undefined),
    });
    await typeInto("Code", "11111");
    const busy = await findButton("Checking…");
    busy.click();
    busy.form?.requestSubmit();
    await eventually(() => expect(listInputs(calls, "connect.resume")).not.toEqual([]));
    await passSeconds(1);
    expect(listInputs(calls, "connect.resume")).toHaveLength(1);
    expect((await findField("Code")).readOnly).toBe(true);
  });

  it("a new code can be requested where the API says so", async () => {
    const calls = await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => ask({ ...code, resend: true }),
      "connect.resume": () => ask({ ...code, resend: true }),
    });
    await pressButton("Send a new code");
    await expectSpoken("A new code is on its way.");
    await expectInDialog("A new code is on its way.");
    expect(listInputs(calls, "connect.resume")).toEqual([{ attempt: "a", values: { again: "" } }]);
  });

  it("a code’s hint shows only a part of the phone number", async () => {
    await sendPhoneNumber("+44 7700 900123", { "connect.begin": () => ask({ ...code, hint: "Telegram sent it." }) });
    await expectInDialog("Telegram sent it. It is for +44 •••• 0123.");
    expect(getDialog()?.textContent).not.toContain("7700");
  });

  it("a new code removes the digits and the error of the old one", async () => {
    await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => ask({ ...code, resend: true }),
      "connect.resume": () => ask({ ...code, resend: true }),
    });
    await typeInto("Code", "123");
    await pressButton("Continue");
    await expectInDialog("Enter all 5 digits.");
    await pressButton("Send a new code");
    await expectInDialog("A new code is on its way.");
    expect((await findField("Code")).value).toBe("");
    expect(getDialog()?.textContent).not.toContain("Enter all");
  });

  it.each([
    "١٢٣٤٥",
    "۱۲۳۴۵",
    "१२३४५",
    "１２３４５",
    "\u200f1 2 3-45\u200e",
    "Login code: 12345. Do not give it to anyone!",
  ])("a code is understood as it was typed or pasted, %s, and sent once", async (typed) => {
    const calls = await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": () => connected,
    });
    await typeInto("Code", typed);
    await expectSpoken("Telegram connected: Ada");
    expect(listInputs(calls, "connect.resume")).toEqual([{ attempt: "a", values: { code: "12345" } }]);
  });

  it.each([0, undefined])("a code of unknown length, %s, is sent when the user submits it", async (length) => {
    const { length: _, ...rest } = code;
    const asked = { ...rest, ...(length !== undefined && { length }) };
    const calls = await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => ask(asked),
      "connect.resume": () => connected,
    });
    await typeInto("Code", "123456");
    expect(listInputs(calls, "connect.resume")).toEqual([]);
    await pressButton("Continue");
    await expectSpoken("Telegram connected: Ada");
    expect(listInputs(calls, "connect.resume")).toEqual([{ attempt: "a", values: { code: "123456" } }]);
  });

  it("a code that ran out and cannot be replaced ends the attempt, and the phone number is kept", async () => {
    await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": () => {
        throw new Refused("code_expired");
      },
    });
    await typeInto("Code", "11111");
    await expectSpoken("The time ran out. Please start again.");
    await pressButton("Start again");
    expect((await findField("Phone number")).value).toBe("+491511");
  });

  it("after too many requests, a silent countdown runs, and nothing is sent until its end", async () => {
    const calls = await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": () => {
        throw new Refused("too_many_requests", undefined, 65);
      },
    });
    await typeInto("Code", "11111");
    await expectSpoken("That was too often in a short time. Try again in 65 seconds.");
    const words = getSpoken();
    await passSeconds(4);
    await expectInDialog("Try again in 1:0");
    await typeInto("Code", "22222");
    expect((await findButton("Continue")).getAttribute("aria-disabled")).toBe("true");
    expect(listInputs(calls, "connect.resume")).toHaveLength(1);
    expect(getSpoken()).toBe(words);
    await passSeconds(62);
    await expectSpoken("You can try again now.");
    await pressButton("Continue");
    await eventually(() => expect(listInputs(calls, "connect.resume")).toHaveLength(2));
  });
});

it("after too many wrong codes, the dialog says so, and how long to wait", async () => {
  await sendPhoneNumber("+49 151 1", {
    "connect.begin": () => ask(code),
    "connect.resume": () => {
      throw new Refused("too_many_requests", "code", 3592);
    },
  });
  await typeInto("Code", "11111");
  await expectSpoken("Too many wrong codes. Try again in 60 minutes.");
  await expectInDialog("Try again in 60 minutes.");
  expect((await findButton("Start again")).isConnected).toBe(true);
});

describe("a password", () => {
  it("a password is hidden until the user reveals it", async () => {
    await sendPhoneNumber("+49 151 1", { "connect.begin": () => ask(password) });
    const input = await findField("Password");
    expect(input.type).toBe("password");
    await pressButton("Show password");
    await eventually(() => expect(input.type).toBe("text"));
    await pressButton("Hide password");
    await eventually(() => expect(input.type).toBe("password"));
  });
});
