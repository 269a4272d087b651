import { afterEach, beforeEach, expect, vi } from "vitest";
import type { AttemptStep } from "../src/connect-dialog/step-types.ts";
import { buildAccount, buildCard, type Call, fakeApi } from "./api.ts";
import { eventually, guardPage, openPage, pressButton, typeInto } from "./page.tsx";
import { fakeStreams, type Stream } from "./streams.ts";
import "../src/dialogs.ts";
import "../src/live/live-list.ts";

const phone = { name: "phone", label: "Phone number", input: "tel", autocomplete: "tel" } as const;
/** A provider that is connected in the dialog, by a phone number or by a scan. */
export const telegram = buildCard("telegram", { methods: ["ask", "scan"], fields: [phone] });
/** A question for a code of five digits. */
export const code = {
  name: "code",
  label: "Code",
  input: "numeric",
  length: 5,
  autocomplete: "one-time-code",
} as const;
/** A question for a password. */
export const password = { name: "password", label: "Password", hint: "Your hint: cat", input: "password" } as const;

/** Builds a time in the future. */
export const secondsFromNow = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
/** Builds a step with a code to scan. */
export const scan = (name: string, more: { until?: string; expiresAt?: string } = {}): AttemptStep => ({
  type: "scan",
  attempt: "a",
  code: `tg://login?token=${name}`,
  until: secondsFromNow(30),
  expiresAt: secondsFromNow(600),
  ...more,
});
type Asked = Extract<AttemptStep, { type: "ask" }>;
/** Builds a step with a question. */
export const ask = (question: Asked["question"], more: Partial<Asked> = {}): AttemptStep => ({
  type: "ask",
  attempt: "a",
  question,
  expiresAt: secondsFromNow(600),
  ...more,
});
/** The account that the dialog connects. */
export const ada = buildAccount({ id: 9, provider: "telegram", label: "Ada", email: null });
/** The step after the account is connected. */
export const connected: AttemptStep = { type: "connected", connection: ada };

/** Gets the open dialog. */
export const getDialog = (): Element | null => document.querySelector("[role=dialog]");
/** Waits until the dialog shows a text. */
export const expectInDialog = (text: string): Promise<void> =>
  eventually(() => expect(getDialog()?.textContent).toContain(text));
/** Gets the drawing of the code to scan. */
export const getDrawing = (): string | null | undefined => document.querySelector("svg.qr path")?.getAttribute("d");
/** Waits until a code to scan is drawn. */
export const expectDrawn = (): Promise<void> => eventually(() => expect(getDrawing()).toMatch(/^M\d/));
/** Lists what a procedure of the API was called with. */
export const listInputs = (calls: Call[], path: string): unknown[] =>
  calls.filter((call) => call.path === path).map((c) => c.input);
/** Lets time pass. */
export const passSeconds = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);
/** Presses Escape. */
export const pressEscape = (): boolean =>
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));

/** Chooses a method by its tab. */
export async function chooseTab(tab: string): Promise<void> {
  const found = await eventually(() => {
    const one = [...document.querySelectorAll("[role=tab]")].find(({ textContent }) => textContent === tab);
    if (!one) throw new Error(`No tab "${tab}"`);
    return one;
  });
  found.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, button: 0 }));
}

let streams: Stream[];

/** Prepares each test of a file: fake timers, fake streams, and a page that is removed afterwards. */
export function guardDialog(): void {
  guardPage();
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
    streams = fakeStreams("connections.watch");
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Lists the streams that the page has opened, newest last. */
export const listStreams = (): readonly Stream[] => streams;

/** Waits until the page's one stream tells the attempt's steps, and gets the stream. */
export const waitForAttemptStream = (): Promise<Stream> =>
  eventually(() => {
    const found = streams.at(-1);
    if (!found?.url.includes("attempts") || found.closed) throw new Error("no stream tells of the attempt");
    return found;
  });

/** Waits until the page's one stream tells no attempt's steps any more. */
export const expectNoAttemptStream = (): Promise<void> =>
  eventually(() =>
    expect(streams.filter(({ closed }) => !closed).map(({ url }) => url)).toEqual(["/api/trpc/connections.watch"]),
  );

/** Opens the page and the dialog, with these answers of the API. */
export async function openDialog(answers: Parameters<typeof fakeApi>[0]): Promise<Call[]> {
  const calls = fakeApi({ "providers.list": () => [telegram], ...answers });
  openPage("/integrations");
  await pressButton("Connect Telegram");
  await eventually(() => expect(getDialog()).not.toBeNull());
  return calls;
}

/** Opens the dialog and sends a phone number. */
export async function sendPhoneNumber(number: string, answers: Parameters<typeof fakeApi>[0]): Promise<Call[]> {
  const calls = await openDialog({
    ...answers,
    "connect.begin": (input) => (input["values"] ? answers?.["connect.begin"]?.(input) : scan("first")),
  });
  await chooseTab("Phone number");
  await typeInto("Phone number", number);
  await pressButton("Continue");
  return calls;
}
