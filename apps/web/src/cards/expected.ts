/** Which account is on its way to be renewed: kept with the tab, because the page is left for the provider's. */
const KEY = "reconnects";

export function expectAccount(connection: number | undefined): void {
  try {
    if (connection === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, `${connection}`);
  } catch {
    // A browser without a store: the account is not named then.
  }
}

export function expectedAccount(): number | undefined {
  try {
    return Number(sessionStorage.getItem(KEY)) || undefined;
  } catch {
    return undefined;
  }
}
