import { describe, expect, it } from "vitest";
import { Refused } from "../../test/api.ts";
import {
  ada,
  ask,
  connected,
  expectDrawn,
  expectInDialog,
  expectNoAttemptStream,
  getDialog,
  getDrawing,
  guardDialog,
  listInputs,
  listStreams,
  openDialog,
  passSeconds,
  password,
  scan,
  secondsFromNow,
  waitForAttemptStream,
} from "../../test/dialog.ts";
import { eventually, expectSpoken, findButton, getSpoken, pressButton, typeInto } from "../../test/page.tsx";

guardDialog();

describe("a code to scan", () => {
  it("a code to scan is requested once in StrictMode, drawn on the page, and announced once", async () => {
    const calls = await openDialog({ "connect.begin": () => scan("first") });
    await expectDrawn();
    expect(listInputs(calls, "connect.begin")).toEqual([{ provider: "telegram" }]);
    expect(document.querySelector("svg.qr")?.getAttribute("aria-label")).toBe(
      "Code to scan with Telegram on your phone",
    );
    expect(document.querySelector("[role=dialog] img, [role=dialog] image")).toBeNull();
    await expectSpoken("A code is on your screen. Scan it with Telegram on your phone.");
    await waitForAttemptStream();
    expect(listStreams().filter(({ closed }) => !closed)).toHaveLength(1);
    expect(document.querySelector("output")?.closest("[aria-hidden], [inert]")).toBeNull();
  });

  it("a code to scan is replaced when it runs out, without an announcement", async () => {
    const calls = await openDialog({
      "connect.begin": () => scan("first", { until: secondsFromNow(15) }),
      "connect.resume": () => scan("second"),
    });
    await expectDrawn();
    await expectSpoken("A code is on your screen. Scan it with Telegram on your phone.");
    (await waitForAttemptStream()).live();
    const [before, svg, words] = [getDrawing(), document.querySelector("svg.qr"), getSpoken()];
    await passSeconds(10);
    expect(listInputs(calls, "connect.resume")).toEqual([]);
    await passSeconds(5);
    await eventually(() => expect(getDrawing()).not.toBe(before));
    expect(listInputs(calls, "connect.resume")).toEqual([{ attempt: "a", values: {} }]);
    expect(document.querySelector("svg.qr")).toBe(svg);
    expect(getSpoken()).toBe(words);
  });

  it("a code to scan is polled every two seconds where the stream fails", async () => {
    const calls = await openDialog({ "connect.begin": () => scan("first"), "connect.resume": () => scan("first") });
    await expectDrawn();
    (await waitForAttemptStream()).live();
    await passSeconds(10);
    expect(listInputs(calls, "connect.resume")).toHaveLength(0);
    (await waitForAttemptStream()).fail();
    for (const polls of [1, 2, 3]) {
      await passSeconds(1);
      expect(listInputs(calls, "connect.resume").length).toBeLessThan(polls);
      await passSeconds(1);
      await eventually(() => expect(listInputs(calls, "connect.resume")).toHaveLength(polls));
    }
  });

  it("a code to scan connects the account when the stream says so", async () => {
    const accounts: unknown[] = [];
    await openDialog({ "connect.begin": () => scan("first"), "connections.list": () => accounts });
    await expectDrawn();
    accounts.push(ada);
    (await waitForAttemptStream()).tell({ type: "step", attempt: "a", step: connected });
    await expectSpoken("Telegram connected: Ada");
    await eventually(() => expect(getDialog()).toBeNull());
    await eventually(() => expect(document.activeElement?.id).toBe("card-telegram"));
    await expectNoAttemptStream();
    await findButton("Disconnect Ada");
  });

  it("a code to scan leads to the password where one is needed", async () => {
    const calls = await openDialog({ "connect.begin": () => scan("first"), "connect.resume": () => connected });
    await expectDrawn();
    (await waitForAttemptStream()).tell({ type: "step", attempt: "a", step: ask(password) });
    await expectSpoken("Scanned. Next: Password.");
    await expectNoAttemptStream();
    await typeInto("Password", " with spaces ");
    await pressButton("Continue");
    await expectSpoken("Telegram connected: Ada");
    expect(listInputs(calls, "connect.resume")).toEqual([{ attempt: "a", values: { password: " with spaces " } }]);
  });

  it("a code that nobody scans runs out, and the user can start again", async () => {
    const calls = await openDialog({
      "connect.begin": () => scan("first", { expiresAt: secondsFromNow(20) }),
      "connect.resume": () => scan("first"),
    });
    await expectDrawn();
    await passSeconds(21);
    await expectSpoken("Nobody scanned the code in time. Please start again.");
    expect(getDrawing()).toBeUndefined();
    const again = await findButton("Start again");
    await eventually(() => expect(document.activeElement).toBe(again));
    again.click();
    await expectDrawn();
    expect(listInputs(calls, "connect.begin")).toHaveLength(2);
  });

  it("a code to scan fades when it has run out and the API fails, and comes back", async () => {
    let down = true;
    await openDialog({
      "connect.begin": () => scan("first", { until: secondsFromNow(15) }),
      "connect.resume": () => {
        if (down) throw new Refused("provider_unavailable");
        return scan("second");
      },
    });
    await expectDrawn();
    await passSeconds(10);
    expect(document.querySelector(".stale")).toBeNull();
    await passSeconds(8);
    await expectSpoken("Telegram cannot be reached right now. Try again in a few minutes.");
    await eventually(() => expect(document.querySelector(".stale")).not.toBeNull());
    down = false;
    await passSeconds(4);
    await eventually(() => expect(document.querySelector(".stale")).toBeNull());
  });

  it("a code that did not come can be requested again", async () => {
    let down = true;
    await openDialog({
      "connect.begin": () => {
        if (down) throw new Refused("provider_unavailable");
        return scan("first");
      },
    });
    await expectInDialog("Telegram cannot be reached right now.");
    down = false;
    await pressButton("Try again");
    await expectDrawn();
    expect(document.querySelector(".fault")).toBeNull();
  });
});
