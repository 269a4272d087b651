import type { Bench } from "../harness.ts";

/** A fetch for other people's clients: what they send to a real host goes to the sandbox, which plays it. */
export function fetchAt(sandbox: Bench): typeof fetch {
  return async (input, init) => {
    const asked = input instanceof Request ? input.url : String(input);
    const url = new URL(asked);
    const played = url.origin === sandbox.origin ? asked : sandbox.url(pathOf(url));
    return fetch(input instanceof Request ? new Request(played, input) : played, init);
  };
}

/** Where the sandbox plays an address. */
export const pathOf = ({ host, pathname, search }: URL): string => `/${host}${pathname}${search}`;
