import { StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { App } from "../src/app.tsx";
import { bootstrapPage } from "../src/bootstrap.ts";

let root: Root | undefined;

/** Waits until a check passes. The machine may be busy, so it waits up to 5 s. */
export const eventually = <Result,>(look: () => Result): Promise<Result> => vi.waitFor(look, { timeout: 5_000 });

/** Fails a test that writes to console.error. Removes the page after each test. */
export function guardPage(): void {
  const errors = vi.fn<(...said: unknown[]) => void>();
  beforeEach(() => {
    errors.mockReset();
    vi.spyOn(console, "error").mockImplementation(errors);
  });
  afterEach(() => {
    root?.unmount();
    root = undefined;
    document.body.replaceChildren();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    expect(errors.mock.calls).toEqual([]);
  });
}

/**
 * Opens the page at an address, in StrictMode as the product does. Returns the addresses that it left for; `called off`
 * follows a departure that was stopped.
 */
export function openPage(address: string): string[] {
  history.replaceState(null, "", address);
  const left: string[] = [];
  const navigate = (to: string) => {
    left.push(to);
    return () => void left.push("called off");
  };
  const container = document.body.appendChild(document.createElement("div"));
  root = createRoot(container);
  root.render(
    <StrictMode>
      <App {...bootstrapPage(window)} navigate={navigate} />
    </StrictMode>,
  );
  return left;
}

const nameOf = (element: Element): string =>
  (element.getAttribute("aria-label") ?? element.textContent ?? "").replace(/\s+/g, " ").trim();

/** Waits for a button by its accessible name. */
export const findButton = (name: string): Promise<HTMLButtonElement> =>
  eventually(() => {
    const found = [...document.querySelectorAll("button")].find((one) => nameOf(one) === name);
    if (!found)
      throw new Error(`No button "${name}" among ${[...document.querySelectorAll("button")].map(nameOf).join(", ")}`);
    return found;
  });

/** Presses a button by its accessible name. */
export const pressButton = async (name: string): Promise<void> => (await findButton(name)).click();

/** Waits for a field by its label. */
export const findField = (label: string): Promise<HTMLInputElement> =>
  eventually(() => {
    const found = [...document.querySelectorAll("label")].find((one) => nameOf(one) === label);
    const input = document.getElementById(found?.htmlFor ?? "");
    if (!(input instanceof HTMLInputElement)) throw new Error(`No field "${label}"`);
    return input;
  });

/** Types text as a browser does: React listens to the input event and reads the native value. */
export async function typeInto(label: string, text: string): Promise<void> {
  const input = await findField(label);
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, text);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Gets what the live region says. */
export const getSpoken = (): string => document.querySelector("output")?.textContent ?? "";

/** Waits until the live region says a text. */
export const expectSpoken = (text: string): Promise<void> => eventually(() => expect(getSpoken()).toBe(text));

/** Waits until the page shows a text. */
export const expectShown = (text: string): Promise<void> =>
  eventually(() => expect(document.querySelector("main")?.textContent).toContain(text));
