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

const soon = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const scan = (name: string, more: { until?: string; expiresAt?: string } = {}): AttemptStep => ({
  type: "scan",
  attempt: "a",
  code: `tg://login?token=${name}`,
  until: soon(30),
  expiresAt: soon(600),
  ...more,
});
type Asked = Extract<AttemptStep, { type: "ask" }>;
const ask = (question: Asked["question"], more: Partial<Asked> = {}): AttemptStep => ({
  type: "ask",
  attempt: "a",
  question,
  expiresAt: soon(600),
  ...more,
});
const ada = buildAccount({ id: 9, provider: "telegram", label: "Ada", email: null });
const connected: AttemptStep = { type: "connected", connection: ada };

const dialog = (): Element | null => document.querySelector("[role=dialog]");
const shown = (text: string): Promise<void> => eventually(() => expect(dialog()?.textContent).toContain(text));
const drawing = (): string | null | undefined => document.querySelector("svg.qr path")?.getAttribute("d");
const drawn = (): Promise<void> => vi.waitFor(() => expect(drawing()).toMatch(/^M\d/));
const inputs = (calls: Call[], path: string): unknown[] =>
  calls.filter((call) => call.path === path).map((c) => c.input);
const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);
const escape = (): boolean => document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));

async function choose(tab: string): Promise<void> {
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

/** The page's one stream, once it tells of the attempt. */
const stream = (): Promise<Stream> =>
  eventually(() => {
    const found = streams.at(-1);
    if (!found?.url.includes("attempts") || found.closed) throw new Error("no stream tells of the attempt");
    return found;
  });

/** Waits until the page's one stream tells of no attempt any more. */
const alone = (): Promise<void> =>
  eventually(() =>
    expect(streams.filter(({ closed }) => !closed).map(({ url }) => url)).toEqual(["/api/trpc/connections.watch"]),
  );

/** Opens the page and the dialog over an API that answers thus. */
async function reach(answers: Parameters<typeof fakeApi>[0]): Promise<Call[]> {
  const calls = fakeApi({ "providers.list": () => [telegram], ...answers });
  openPage("/integrations");
  await pressButton("Connect Telegram");
  await eventually(() => expect(dialog()).not.toBeNull());
  return calls;
}

/** The same, with the phone number given. */
async function give(number: string, answers: Parameters<typeof fakeApi>[0]): Promise<Call[]> {
  const calls = await reach({
    ...answers,
    "connect.begin": (input) => (input["values"] ? answers?.["connect.begin"]?.(input) : scan("first")),
  });
  await choose("Phone number");
  await typeInto("Phone number", number);
  await pressButton("Continue");
  return calls;
}

describe("a code to scan", () => {
  it("is asked for once in StrictMode, drawn on the page, and spoken of once", async () => {
    const calls = await reach({ "connect.begin": () => scan("first") });
    await drawn();
    expect(inputs(calls, "connect.begin")).toEqual([{ provider: "telegram" }]);
    expect(document.querySelector("svg.qr")?.getAttribute("aria-label")).toBe(
      "Code to scan with Telegram on your phone",
    );
    expect(document.querySelector("[role=dialog] img, [role=dialog] image")).toBeNull();
    expect(getSpoken()).toBe("A code is on your screen. Scan it with Telegram on your phone.");
    await stream();
    expect(streams.filter(({ closed }) => !closed)).toHaveLength(1);
    expect(document.querySelector("output")?.closest("[aria-hidden], [inert]")).toBeNull();
  });

  it("is drawn anew in its place when it runs out, without a word", async () => {
    const calls = await reach({
      "connect.begin": () => scan("first", { until: soon(5) }),
      "connect.resume": () => scan("second"),
    });
    await drawn();
    (await stream()).live();
    const [before, svg, words] = [drawing(), document.querySelector("svg.qr"), getSpoken()];
    await pass(4);
    expect(inputs(calls, "connect.resume")).toEqual([]);
    await pass(1.2);
    await vi.waitFor(() => expect(drawing()).not.toBe(before));
    expect(inputs(calls, "connect.resume")).toEqual([{ attempt: "a", values: {} }]);
    expect(document.querySelector("svg.qr")).toBe(svg);
    expect(getSpoken()).toBe(words);
  });

  it("is asked after every two seconds where the stream fails", async () => {
    const calls = await reach({ "connect.begin": () => scan("first"), "connect.resume": () => scan("first") });
    await drawn();
    (await stream()).live();
    await pass(10);
    expect(inputs(calls, "connect.resume")).toHaveLength(0);
    (await stream()).fail();
    await pass(6.5);
    expect(inputs(calls, "connect.resume")).toHaveLength(3);
  });

  it("connects as soon as the stream says so", async () => {
    const accounts: unknown[] = [];
    await reach({ "connect.begin": () => scan("first"), "connections.list": () => accounts });
    await drawn();
    accounts.push(ada);
    (await stream()).tell({ type: "step", attempt: "a", step: connected });
    await expectSpoken("Telegram connected: Ada");
    await eventually(() => expect(dialog()).toBeNull());
    await vi.waitFor(() => expect(document.activeElement?.id).toBe("card-telegram"));
    await alone();
    await findButton("Disconnect Ada");
  });

  it("leads to the password where one is wanted", async () => {
    const calls = await reach({ "connect.begin": () => scan("first"), "connect.resume": () => connected });
    await drawn();
    (await stream()).tell({ type: "step", attempt: "a", step: ask(password) });
    await expectSpoken("Scanned. Next: Password.");
    await alone();
    await typeInto("Password", " with spaces ");
    await pressButton("Continue");
    await expectSpoken("Telegram connected: Ada");
    expect(inputs(calls, "connect.resume")).toEqual([{ attempt: "a", values: { password: " with spaces " } }]);
  });

  it("that nobody scans comes to an end, and another can be had", async () => {
    const calls = await reach({
      "connect.begin": () => scan("first", { expiresAt: soon(20) }),
      "connect.resume": () => scan("first"),
    });
    await drawn();
    await pass(21);
    await expectSpoken("Nobody scanned the code in time. Please start again.");
    expect(drawing()).toBeUndefined();
    expect(document.activeElement).toBe(await findButton("Start again"));
    await pressButton("Start again");
    await drawn();
    expect(inputs(calls, "connect.begin")).toHaveLength(2);
  });

  it("fades when it ran out and nobody answers, and comes back", async () => {
    let down = true;
    await reach({
      "connect.begin": () => scan("first", { until: soon(5) }),
      "connect.resume": () => {
        if (down) throw new Refused("provider_unavailable");
        return scan("second");
      },
    });
    await drawn();
    await pass(3);
    expect(document.querySelector(".stale")).toBeNull();
    await pass(5);
    await expectSpoken("Telegram cannot be reached right now. Try again in a few minutes.");
    expect(document.querySelector(".stale")).not.toBeNull();
    down = false;
    await pass(4);
    await vi.waitFor(() => expect(document.querySelector(".stale")).toBeNull());
  });

  it("that cannot be had is tried for again", async () => {
    let down = true;
    await reach({
      "connect.begin": () => {
        if (down) throw new Refused("provider_unavailable");
        return scan("first");
      },
    });
    await shown("Telegram cannot be reached right now.");
    down = false;
    await pressButton("Try again");
    await drawn();
    expect(document.querySelector(".fault")).toBeNull();
  });
});

describe("a phone number", () => {
  it("brings a code, and the code a password, and that the account", async () => {
    const calls = await give("+49 151 1", {
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
    expect(inputs(calls, "connect.begin").at(-1)).toEqual({ provider: "telegram", values: { phone: "+491511" } });
    expect(inputs(calls, "connect.resume")).toEqual([
      { attempt: "a", values: { code: "12345" } },
      { attempt: "a", values: { password: "cat" } },
    ]);
  });

  it("that cannot be used is told at its field, and kept", async () => {
    await give("+49", {
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

  it.each(["12025550101", "020 7946 0000"])("without its country code, %s, is told and not sent", async (number) => {
    const calls = await give(number, { "connect.begin": () => ask(code) });
    await shown("Enter the number with a + and its country code, like +44 7700 900123.");
    expect(inputs(calls, "connect.begin")).toEqual([{ provider: "telegram" }]);
    expect((await findField("Phone number")).value).toBe(number);
  });

  it.each(["٠٠٤٤ ٧٧٠٠ ٩٠٠١٢٣", "＋44 7700-900123", "\u202a+44 (7700) 900123\u202c"])(
    "is understood as it was pasted: %s",
    async (number) => {
      const calls = await give(number, { "connect.begin": () => ask(code) });
      await findField("Code");
      expect(inputs(calls, "connect.begin").at(-1)).toEqual({
        provider: "telegram",
        values: { phone: "+447700900123" },
      });
    },
  );

  it("without an account is told so", async () => {
    await give("+49 151 1", {
      "connect.begin": () => {
        throw new Refused("access_denied");
      },
    });
    await expectSpoken("Telegram has no account for this phone number, or does not let it connect here.");
    expect(document.querySelector(".fault")?.textContent).toBe(getSpoken());
  });

  it("is given instead of scanning by who cannot scan", async () => {
    await reach({ "connect.begin": () => scan("first") });
    await drawn();
    const link = await findButton("I cannot scan: use my phone number");
    link.focus();
    link.click();
    const input = await findField("Phone number");
    await vi.waitFor(() => expect(document.activeElement).toBe(input));
    await alone();
  });
});

describe("a code to type", () => {
  it("that is wrong is told with the attempts that are left, ready to be typed over", async () => {
    await give("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": () => ask(code, { rejected: "code_rejected", attemptsLeft: 1 }),
    });
    await typeInto("Code", "11111");
    await expectSpoken("That code is not right. Check it and type it again. 1 attempt left.");
    const input = await findField("Code");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    await vi.waitFor(() => expect([input.selectionStart, input.selectionEnd]).toEqual([0, 5]));
  });

  it("is not sent before it is whole", async () => {
    const calls = await give("+49 151 1", { "connect.begin": () => ask(code) });
    await typeInto("Code", "111");
    await pressButton("Continue");
    await shown("Enter all 5 digits.");
    expect(inputs(calls, "connect.resume")).toEqual([]);
  });

  it("is sent once, however often it is confirmed", async () => {
    const calls = await give("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": () => new Promise(() => undefined),
    });
    await typeInto("Code", "11111");
    const busy = await findButton("Checking…");
    busy.click();
    busy.form?.requestSubmit();
    await pass(1);
    expect(inputs(calls, "connect.resume")).toHaveLength(1);
    expect((await findField("Code")).readOnly).toBe(true);
  });

  it("can be sent anew where the API says so", async () => {
    const calls = await give("+49 151 1", {
      "connect.begin": () => ask({ ...code, resend: true }),
      "connect.resume": () => ask({ ...code, resend: true }),
    });
    await pressButton("Send a new code");
    await expectSpoken("A new code is on its way.");
    await shown("A new code is on its way.");
    expect(inputs(calls, "connect.resume")).toEqual([{ attempt: "a", values: { again: "" } }]);
  });

  it("says for which number it is, without giving it away", async () => {
    await give("+44 7700 900123", { "connect.begin": () => ask({ ...code, hint: "Telegram sent it." }) });
    await shown("Telegram sent it. It is for +44 •••• 0123.");
    expect(dialog()?.textContent).not.toContain("7700");
  });

  it("that is sent anew takes the digits and the error of the one before away", async () => {
    await give("+49 151 1", {
      "connect.begin": () => ask({ ...code, resend: true }),
      "connect.resume": () => ask({ ...code, resend: true }),
    });
    await typeInto("Code", "123");
    await pressButton("Continue");
    await shown("Enter all 5 digits.");
    await pressButton("Send a new code");
    await shown("A new code is on its way.");
    expect((await findField("Code")).value).toBe("");
    expect(dialog()?.textContent).not.toContain("Enter all");
  });

  it.each([
    "١٢٣٤٥",
    "۱۲۳۴۵",
    "१२३४५",
    "１２３４５",
    "\u200f1 2 3-45\u200e",
    "Login code: 12345. Do not give it to anyone!",
  ])("is understood as it was typed or pasted, %s, and sent once", async (typed) => {
    const calls = await give("+49 151 1", { "connect.begin": () => ask(code), "connect.resume": () => connected });
    await typeInto("Code", typed);
    await expectSpoken("Telegram connected: Ada");
    expect(inputs(calls, "connect.resume")).toEqual([{ attempt: "a", values: { code: "12345" } }]);
  });

  it.each([0, undefined])("of unknown length, %s, can be typed, and is sent when the user says so", async (length) => {
    const { length: _, ...rest } = code;
    const asked = { ...rest, ...(length !== undefined && { length }) };
    const calls = await give("+49 151 1", { "connect.begin": () => ask(asked), "connect.resume": () => connected });
    await typeInto("Code", "123456");
    expect(inputs(calls, "connect.resume")).toEqual([]);
    await pressButton("Continue");
    await expectSpoken("Telegram connected: Ada");
    expect(inputs(calls, "connect.resume")).toEqual([{ attempt: "a", values: { code: "123456" } }]);
  });

  it("that ran out, and cannot be sent anew, ends the attempt; the number is kept", async () => {
    await give("+49 151 1", {
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

  it("too often waits: the clock ticks in silence, and nothing is sent until it is over", async () => {
    const calls = await give("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": () => {
        throw new Refused("too_many_requests", undefined, 65);
      },
    });
    await typeInto("Code", "11111");
    await expectSpoken("That was too often in a short time. Try again in 65 seconds.");
    const words = getSpoken();
    await pass(4);
    await shown("Try again in 1:0");
    await typeInto("Code", "22222");
    expect((await findButton("Continue")).getAttribute("aria-disabled")).toBe("true");
    expect(inputs(calls, "connect.resume")).toHaveLength(1);
    expect(getSpoken()).toBe(words);
    await pass(62);
    await expectSpoken("You can try again now.");
    await pressButton("Continue");
    await vi.waitFor(() => expect(inputs(calls, "connect.resume")).toHaveLength(2));
  });
});

it("too many wrong codes are called that, and the wait is told as people say it", async () => {
  await give("+49 151 1", {
    "connect.begin": () => ask(code),
    "connect.resume": () => {
      throw new Refused("too_many_requests", "code", 3592);
    },
  });
  await typeInto("Code", "11111");
  await expectSpoken("Too many wrong codes. Try again in 60 minutes.");
  await shown("Try again in 60 minutes.");
  expect((await findButton("Start again")).isConnected).toBe(true);
});

describe("a password", () => {
  it("is hidden until it is asked to be shown", async () => {
    await give("+49 151 1", { "connect.begin": () => ask(password) });
    const input = await findField("Password");
    expect(input.type).toBe("password");
    await pressButton("Show password");
    await vi.waitFor(() => expect(input.type).toBe("text"));
    await pressButton("Hide password");
    await vi.waitFor(() => expect(input.type).toBe("password"));
  });
});

describe("closing", () => {
  it("stops the stream and every timer; fields again starts anew", async () => {
    const calls = fakeApi({ "providers.list": () => [telegram], "connect.begin": () => scan("first") });
    openPage("/integrations");
    await findButton("Connect Telegram");
    await alone();
    streams.at(-1)?.live();
    await pass(1);
    const timers = vi.getTimerCount();
    await pressButton("Connect Telegram");
    await drawn();
    expect(vi.getTimerCount()).toBeGreaterThan(timers);
    escape();
    await eventually(() => expect(dialog()).toBeNull());
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(timers));
    await alone();
    const asked = inputs(calls, "connect.resume").length;
    await pass(700);
    expect(inputs(calls, "connect.resume")).toHaveLength(asked);
    await pressButton("Connect Telegram");
    await drawn();
    expect(inputs(calls, "connect.begin")).toHaveLength(2);
  });

  it("does not hide that the account was connected after all", async () => {
    let answer: (step: AttemptStep) => void = () => undefined;
    await give("+49 151 1", {
      "connect.begin": () => ask(code),
      "connect.resume": () => new Promise<AttemptStep>((resolve) => (answer = resolve)),
      "connections.list": () => [],
    });
    await typeInto("Code", "11111");
    await findButton("Checking…");
    await pressButton("Close");
    await eventually(() => expect(dialog()).toBeNull());
    answer(connected);
    await expectSpoken("Telegram connected: Ada");
  });
});

it("shows what a provider asks as text that does nothing", async () => {
  const hostile = '<img src=x onerror="window.hurt=1">\u202Egpj.exe';
  await give("+49 151 1", {
    "connect.begin": () =>
      ask({ name: "password", label: hostile, hint: hostile, placeholder: hostile, input: "text" }),
  });
  await shown('<img src=x onerror="window.hurt=1"> gpj.exe');
  expect(document.querySelector("[role=dialog] img")).toBeNull();
  expect(document.body.innerHTML).not.toContain("\u202E");
});

it("starts again from the number where the attempt is over", async () => {
  await give("+49 151 1", {
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

it("renews an account without leaving", async () => {
  const sick = { ...ada, status: "needs_reconnect" };
  const calls = fakeApi({
    "providers.list": () => [telegram],
    "connections.list": () => [sick],
    "connect.begin": () => scan("first"),
  });
  const left = openPage("/integrations");
  await pressButton("Reconnect Ada");
  await shown("Reconnect Telegram");
  await drawn();
  expect(inputs(calls, "connect.begin")).toEqual([{ provider: "telegram", reconnectConnectionId: 9 }]);
  expect(left).toEqual([]);
});

it("names the account that was meant where another one came, and connects that one anew if it is wanted", async () => {
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
  await drawn();
  await pass(31);
  await shown("You signed in to Telegram as Marco. Ada was not reconnected.");
  await pressButton("Connect it as another account");
  await shown("Connect Telegram");
  await drawn();
  expect(inputs(calls, "connect.begin")).toEqual([
    { provider: "telegram", reconnectConnectionId: 9 },
    { provider: "telegram" },
  ]);
});

it("sends a user who was signed out to sign in", async () => {
  let user: unknown = { email: "ada@example.com", name: "Ada" };
  await reach({
    "session.get": () => ({ user, signUp: "open" }),
    "connect.begin": () => {
      user = null;
      throw new Refused("unauthenticated");
    },
  });
  await vi.waitFor(() => expect(location.pathname).toBe("/sign-in"));
  await eventually(() => expect(dialog()).toBeNull());
});
