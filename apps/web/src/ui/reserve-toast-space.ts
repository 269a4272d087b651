/**
 * Keeps the focused element from being hidden under the messages at the bottom of the page (WCAG 2.2, 2.4.11). `--toasts`
 * holds the height that they cover, and the page scrolls no focused element into that space. Used as a ref callback.
 */
export function reserveToastSpace(toasts: HTMLElement): () => void {
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => {
    const { top, right } = toasts.getBoundingClientRect();
    style.setProperty("--toasts", `${Math.ceil(innerHeight - top)}px`);
    toasts.toggleAttribute("data-full", toasts.scrollHeight > toasts.clientHeight);
    const focused = document.activeElement;
    if (!focused?.matches(":focus-visible") || toasts.contains(focused)) return;
    const box = focused.getBoundingClientRect();
    if (box.bottom > top && box.left < right) focused.scrollIntoView({ block: "nearest" });
  });
  observer.observe(toasts);
  return () => {
    observer.disconnect();
    style.removeProperty("--toasts");
  };
}
