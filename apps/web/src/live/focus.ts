/**
 * A live change takes focus from nobody: where the very button that had it is gone, its card has it now. Works until the
 * answer is called.
 */
export function keepFocus(): () => void {
  let last: { element: Element; card: HTMLElement } | undefined;
  const note = ({ target }: FocusEvent): void => {
    const element = target instanceof Element ? target : undefined;
    const card = element?.closest<HTMLElement>(".card");
    last = element && card ? { element, card } : undefined;
  };
  const watcher = new MutationObserver(() => {
    if (!last || last.element.isConnected || document.activeElement !== document.body) return;
    last.card.focus({ preventScroll: true });
  });
  document.addEventListener("focusin", note);
  watcher.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", note);
    watcher.disconnect();
  };
}
