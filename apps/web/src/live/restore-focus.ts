/**
 * Keeps live changes from losing the focus: if the focused button disappears, its card gets the focus. Works until the
 * returned function is called.
 */
export function restoreLostFocus(): () => void {
  let last: { element: Element; card: HTMLElement } | undefined;
  const noteFocus = ({ target }: FocusEvent): void => {
    const element = target instanceof Element ? target : undefined;
    const card = element?.closest<HTMLElement>(".card");
    last = element && card ? { element, card } : undefined;
  };
  const observer = new MutationObserver(() => {
    if (!last || last.element.isConnected || document.activeElement !== document.body) return;
    last.card.focus({ preventScroll: true });
  });
  document.addEventListener("focusin", noteFocus);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", noteFocus);
    observer.disconnect();
  };
}
