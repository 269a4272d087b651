import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { buildAccount, type Call, buildCard, fakeApi, Refused } from "../../test/api.ts";
import {
  findButton,
  eventually,
  findField,
  guardPage,
  expectSpoken,
  openPage,
  pressButton,
  getSpoken,
  typeInto,
} from "../../test/page.tsx";
import { fakeStreams, type Stream } from "../../test/streams.ts";
import "../live/live-list.ts";
import type { AttemptStep } from "./step-types.ts";
import "../dialogs.ts";

guardPage();

const phone = { name: "phone", label: "Phone number", input: "tel", autocomplete: "tel" } as const;
const telegram = buildCard("telegram", { methods: ["ask", "scan"], fields: [phone] });
const code = { name: "code", label: "Code", input: "numeric", length: 5, autocomplete: "one-time-code" } as const;
const password = { name: "password", label: "Password", hint: "Your hint: cat", input: "password" } as const;

const secondsFromNow = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const scan = (name: string, more: { until?: string; expiresAt?: string } = {}): AttemptStep => ({
  type: "scan",
  attempt: "a",
  code: `tg://login?token=${name}`,
  until: secondsFromNow(30),
  expiresAt: secondsFromNow(600),
  ...more,
});
type Asked = Extract<AttemptStep, { type: "ask" }>;
const ask = (question: Asked["question"], more: Partial<Asked> = {}): AttemptStep => ({
  type: "ask",
  attempt: "a",
  question,
  expiresAt: secondsFromNow(600),
  ...more,
});
const ada = buildAccount({ id: 9, provider: "telegram", label: "Ada", email: null });
const connected: AttemptStep = { type: "connected", connection: ada };

const getDialog = (): Element | null => document.querySelector("[role=dialog]");
const expectInDialog = (text: string): Promise<void> =>
  eventually(() => expect(getDialog()?.textContent).toContain(text));
const getDrawing = (): string | null | undefined => document.querySelector("svg.qr path")?.getAttribute("d");
const expectDrawn = (): Promise<void> => vi.waitFor(() => expect(getDrawing()).toMatch(/^M\d/));
const listInputs = (calls: Call[], path: string): unknown[] =>
  calls.filter((call) => call.path === path).map((c) => c.input);
const passSeconds = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);
const pressEscape = (): boolean =>
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));

async function chooseTab(tab: string): Promise<void> {
  const found = await vi.waitFor(() => {
    const one = [...document.querySelectorAll("[role=tab]")].find(({ textContent }) => textContent === tab);
    if (!one) throw new Error(`No tab "${tab}"`);
    return one;
  });
  found.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, button: 0 }));
}

let streams: Stream[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
  streams = fakeStreams("connections.watch");
});
afterEach(() => {
  vi.useRealTimers();
});

/** Waits until the page's one stream tells the attempt's steps, and gets the stream. */
const waitForAttemptStream = (): Promise<Stream> =>
  eventually(() => {
    const found = streams.at(-1);
    if (!found?.url.includes("attempts") || found.closed) throw new Error("no stream tells of the attempt");
    return found;
  });

/** Waits until the page's one stream tells no attempt's steps any more. */
const expectNoAttemptStream = (): Promise<void> =>
  eventually(() =>
    expect(streams.filter(({ closed }) => !closed).map(({ url }) => url)).toEqual(["/api/trpc/connections.watch"]),
  );

/** Opens the page and the dialog, with these answers of the API. */
async function openDialog(answers: Parameters<typeof fakeApi>[0]): Promise<Call[]> {
  const calls = fakeApi({ "providers.list": () => [telegram], ...answers });
  openPage("/integrations");
  await pressButton("Connect Telegram");
  await eventually(() => expect(getDialog()).not.toBeNull());
  return calls;
}

/** Opens the dialog and sends a phone number. */
async function sendPhoneNumber(number: string, answers: Parameters<typeof fakeApi>[0]): Promise<Call[]> {
  const calls = await openDialog({
    ...answers,
    "connect.begin": (input) => (input["values"] ? answers?.["connect.begin"]?.(input) : scan("first")),
  });
  await chooseTab("Phone number");
  await typeInto("Phone number", number);
  await pressButton("Continue");
  return calls;
}

describe("a code to scan", () => {
  it("a code to scan is requested once in StrictMode, drawn on the page, and announced once", async () => {
    const calls = await openDialog({ "connect.begin": () => scan("first") });
    await expectDrawn();
    expect(listInputs(calls, "connect.begin")).toEqual([{ provider: "telegram" }]);
    expect(document.querySelector("svg.qr")?.getAttribute("aria-label")).toBe(
      "Code to scan with Telegram on your phone",
    );
    expect(document.querySelector("[role=dialog] img, [role=dialog] image")).toBeNull();
    expect(getSpoken()).toBe("A code is on your screen. Scan it with Telegram on your phone.");
    await waitForAttemptStream();
    expect(streams.filter(({ closed }) => !closed)).toHaveLength(1);
    expect(document.querySelector("output")?.closest("[aria-hidden], [inert]")).toBeNull();
  });

  it("a code to scan is replaced when it runs out, without an announcement", async () => {
    const calls = await openDialog({
      "connect.begin": () => scan("first", { until: secondsFromNow(5) }),
      "connect.resume": () => scan("second"),
    });
    await expectDrawn();
    (await waitForAttemptStream()).live();
    const [before, svg, words] = [getDrawing(), document.querySelector("svg.qr"), getSpoken()];
    await passSeconds(4);
    expect(listInputs(calls, "connect.resume")).toEqual([]);
    await passSeconds(1.2);
    await vi.waitFor(() => expect(getDrawing()).not.toBe(before));
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
    await passSeconds(6.5);
    expect(listInputs(calls, "connect.resume")).toHaveLength(3);
  });

  it("a code to scan connects the account when the stream says so", async () => {
    const accounts: unknown[] = [];
    await openDialog({ "connect.begin": () => scan("first"), "connections.list": () => accounts });
    await expectDrawn();
    accounts.push(ada);
    (await waitForAttemptStream()).tell({ type: "step", attempt: "a", step: connected });
    await expectSpoken("Telegram connected: Ada");
    await eventually(() => expect(getDialog()).toBeNull());
    await vi.waitFor(() => expect(document.activeElement?.id).toBe("card-telegram"));
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
    expect(document.activeElement).toBe(await findButton("Start again"));
    await pressButton("Start again");
    await expectDrawn();
    expect(listInputs(calls, "connect.begin")).toHaveLength(2);
  });

  it("a code to scan fades when it has run out and the API fails, and comes back", async () => {
    let down = true;
    await openDialog({
      "connect.begin": () => scan("first", { until: secondsFromNow(5) }),
      "connect.resume": () => {
        if (down) throw new Refused("provider_unavailable");
        return scan("second");
      },
    });
    await expectDrawn();
    await passSeconds(3);
    expect(document.querySelector(".stale")).toBeNull();
    await passSeconds(5);
    await expectSpoken("Telegram cannot be reached right now. Try again in a few minutes.");
    expect(document.querySelector(".stale")).not.toBeNull();
    down = false;
    await passSeconds(4);
    await vi.waitFor(() => expect(document.querySelector(".stale")).toBeNull());
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

describe("a phone number", () => {
  it("a phone number leads to a code, the code to a password, and the password to the account", async () => {
    const calls = await sendPhoneNumber("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": ({ values }) => (values && Object.hasOwn(values, "code") ? ask(password) : connected),
    });
    const input = await findField("Code");
    expect([input.inputMode, input.autocomplete, input.type]).toEqual(["numeric", "one-time-code", "text"]);
    await vi.waitFor(() => expect(document.activeElement).toBe(input));
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
    expect(document.activeElement).toBe(input);
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
    expect(document.querySelector(".fault")?.textContent).toBe(getSpoken());
  });

  it("a phone number can be given by a user who cannot scan", async () => {
    await openDialog({ "connect.begin": () => scan("first") });
    await expectDrawn();
    const link = await findButton("I cannot scan: use my phone number");
    link.focus();
    link.click();
    const input = await findField("Phone number");
    await vi.waitFor(() => expect(document.activeElement).toBe(input));
    await expectNoAttemptStream();
  });
});

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
    await vi.waitFor(() => expect([input.selectionStart, input.selectionEnd]).toEqual([0, 5]));
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
    await vi.waitFor(() => expect(listInputs(calls, "connect.resume")).toHaveLength(2));
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
    await vi.waitFor(() => expect(input.type).toBe("text"));
    await pressButton("Hide password");
    await vi.waitFor(() => expect(input.type).toBe("password"));
  });
});

describe("closing", () => {
  it("closing the dialog stops its stream and each timer, and opening it again starts a new attempt", async () => {
    const calls = fakeApi({ "providers.list": () => [telegram], "connect.begin": () => scan("first") });
    openPage("/integrations");
    await findButton("Connect Telegram");
    await expectNoAttemptStream();
    streams.at(-1)?.live();
    await passSeconds(1);
    const timers = vi.getTimerCount();
    await pressButton("Connect Telegram");
    await expectDrawn();
    expect(vi.getTimerCount()).toBeGreaterThan(timers);
    pressEscape();
    await eventually(() => expect(getDialog()).toBeNull());
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(timers));
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
  await vi.waitFor(() => expect(location.pathname).toBe("/sign-in"));
  await eventually(() => expect(getDialog()).toBeNull());
});
