import { focusCard } from "../cards/card-id.ts";

/** Moves the focus back to the button that opened the dialog. If that button is gone, the focus goes to the card. */
export function restoreFocus(trigger: Element | null, provider: string): void {
  if (trigger instanceof HTMLElement && trigger.isConnected && trigger !== document.body) trigger.focus();
  else focusCard(provider);
}
