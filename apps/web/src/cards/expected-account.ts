const expectedAccountKey = "reconnects";

/** Remembers which connection the user reconnects. Stays with the tab, because the browser leaves the page. */
export function rememberExpectedAccount(connection: number | undefined): void {
  try {
    if (connection === undefined) sessionStorage.removeItem(expectedAccountKey);
    else sessionStorage.setItem(expectedAccountKey, `${connection}`);
  } catch {
    // The browser stores nothing: the page then cannot name the account.
  }
}

/** Finds which connection the user wanted to reconnect before the browser left the page. */
export function findExpectedAccount(): number | undefined {
  try {
    return Number(sessionStorage.getItem(expectedAccountKey)) || undefined;
  } catch {
    return undefined;
  }
}
