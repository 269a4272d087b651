/**
 * Keeps what has the focus from being hidden under what floats at the bottom of the page (WCAG 2.2, 2.4.11): the page
 * learns in `--toasts` how much of it is covered, and scrolls no stop of the keyboard in there. A ref callback.
 */
export function keepClear(floating: HTMLElement): () => void {
  const { style } = document.documentElement;
  const watcher = new ResizeObserver(() => {
    const { top, right } = floating.getBoundingClientRect();
    style.setProperty("--toasts", `${Math.ceil(innerHeight - top)}px`);
    floating.toggleAttribute("data-full", floating.scrollHeight > floating.clientHeight);
    const focused = document.activeElement;
    if (!focused?.matches(":focus-visible") || floating.contains(focused)) return;
    const box = focused.getBoundingClientRect();
    if (box.bottom > top && box.left < right) focused.scrollIntoView({ block: "nearest" });
  });
  watcher.observe(floating);
  return () => {
    watcher.disconnect();
    style.removeProperty("--toasts");
  };
}
