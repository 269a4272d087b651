import type { Message, MessageAction } from "./message.tsx";

/** Builds the message that a file of this page did not load. After an update, the old names of the files lead nowhere. */
export function buildLoadFailedMessage(purpose: string): Message & { action: MessageAction } {
  return {
    tone: "bad",
    text: `A part of this page could not be loaded. Load the page again, then ${purpose}.`,
    action: { label: "Load again", accessibleName: "Load again", onPress: () => location.reload() },
  };
}
