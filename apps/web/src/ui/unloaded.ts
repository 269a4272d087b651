import type { Action, Message } from "./message.tsx";

/** Told where a file of this page did not come: after a new version was installed, the old names lead nowhere. */
export function unloadedMessage(then: string): Message & { action: Action } {
  return {
    tone: "bad",
    text: `A part of this page could not be loaded. Load the page again, then ${then}.`,
    action: { label: "Load again", name: "Load again", act: () => location.reload() },
  };
}
