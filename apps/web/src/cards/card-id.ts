/** Builds the id of a provider's card in the document. */
export const cardElementId = (provider: string): string => `card-${provider}`;

/** Scrolls to what is under way on a card. The focus stays where it is. */
export function scrollToCard(provider: string): void {
  const card = document.getElementById(cardElementId(provider));
  (card?.querySelector(".finishing") ?? card)?.scrollIntoView({ block: "nearest" });
}

/** Scrolls to a card and focuses it, so that the next Tab goes on from there. */
export function focusCard(provider: string | undefined): void {
  const card = provider === undefined ? null : document.getElementById(cardElementId(provider));
  card?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest" });
}
