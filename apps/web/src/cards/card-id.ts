/** Where a provider's card is found on the page. */
export const cardId = (provider: string): string => `card-${provider}`;

/** Brings what is under way on a card into view, and leaves the focus where it is. */
export function showCard(provider: string): void {
  const card = document.getElementById(cardId(provider));
  (card?.querySelector(".finishing") ?? card)?.scrollIntoView({ block: "nearest" });
}

/** Brings a card into view and lets the keyboard go on from there. */
export function goToCard(provider: string | undefined): void {
  const card = provider === undefined ? null : document.getElementById(cardId(provider));
  card?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest" });
}
