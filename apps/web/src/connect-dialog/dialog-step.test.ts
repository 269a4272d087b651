import { describe, expect, it } from "vitest";
import { Refused } from "../../test/api.ts";
import {
  ask,
  code,
  connected,
  expectDrawn,
  expectInDialog,
  expectNoAttemptStream,
  guardDialog,
  listInputs,
  openDialog,
  password,
  scan,
  sendPhoneNumber,
} from "../../test/dialog.ts";
import { eventually, expectSpoken, findButton, findField, getSpoken, pressButton, typeInto } from "../../test/page.tsx";

guardDialog();

describe("a phone number", () => {
  it("a phone number leads to a code, the code to a password, and the password to the account", async () => {
    const calls = await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": ({ values }) => (values && Object.hasOwn(values, "code") ? ask(password) : connected),
    });
    const input = await findField("Code");
    expect([input.inputMode, input.autocomplete, input.type]).toEqual(["numeric", "one-time-code", "text"]);
    await eventually(() => expect(document.activeElement).toBe(input));
    await typeInto("Code", " 12-3 45 ");
    await typeInto("Password", "cat");
    await pressButton("Continue");
    await expectSpoken("Telegram connected: Ada");
    expect(listInputs(calls, "connect.begin").at(-1)).toEqual({ provider: "telegram", values: { phone: "+491511" } });
    expect(listInputs(calls, "connect.resume")).toEqual([
      { attempt: "a", values: { code: "12345" } },
      { attempt: "a", values: { password: "cat" } },
    ]);
  });

  it("a phone number that cannot be used is kept, with the failure at its field", async () => {
    await sendPhoneNumber("+49", {
      "connect.begin": () => {
        throw new Refused("invalid_request", "phone");
      },
    });
    await expectSpoken(
      "We cannot use this number. Enter the number with a + and its country code, like +44 7700 900123.",
    );
    const input = await findField("Phone number");
    expect([input.value, input.getAttribute("aria-invalid")]).toEqual(["+49", "true"]);
    await eventually(() => expect(document.activeElement).toBe(input));
  });

  it.each(["12025550101", "020 7946 0000"])(
    "a phone number without its country code, %s, is not sent",
    async (number) => {
      const calls = await sendPhoneNumber(number, { "connect.begin": () => ask(code) });
      await expectInDialog("Enter the number with a + and its country code, like +44 7700 900123.");
      expect(listInputs(calls, "connect.begin")).toEqual([{ provider: "telegram" }]);
      expect((await findField("Phone number")).value).toBe(number);
    },
  );

  it.each(["٠٠٤٤ ٧٧٠٠ ٩٠٠١٢٣", "＋44 7700-900123", "\u202a+44 (7700) 900123\u202c"])(
    "a phone number is understood as it was pasted: %s",
    async (number) => {
      const calls = await sendPhoneNumber(number, { "connect.begin": () => ask(code) });
      await findField("Code");
      expect(listInputs(calls, "connect.begin").at(-1)).toEqual({
        provider: "telegram",
        values: { phone: "+447700900123" },
      });
    },
  );

  it("a phone number without an account is refused with a sentence that says so", async () => {
    await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => {
        throw new Refused("access_denied");
      },
    });
    await expectSpoken("Telegram has no account for this phone number, or does not let it connect here.");
    await eventually(() => expect(document.querySelector(".fault")?.textContent).toBe(getSpoken()));
  });

  it("a phone number can be given by a user who cannot scan", async () => {
    await openDialog({ "connect.begin": () => scan("first") });
    await expectDrawn();
    const link = await findButton("I cannot scan: use my phone number");
    link.focus();
    link.click();
    const input = await findField("Phone number");
    await eventually(() => expect(document.activeElement).toBe(input));
    await expectNoAttemptStream();
  });
});
