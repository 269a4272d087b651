import type { Answer } from "./contender.ts";

export function requireThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the answer is not ${what}`);
}

export function expectJson({ status, body }: Answer): unknown {
  if (status !== 200) throw new Error(`answered ${status}: ${body.slice(0, 500)}`);
  return JSON.parse(body);
}

export function redirectOf({ status, headers, body }: Answer): string {
  const { location } = headers;
  if (status !== 302 || typeof location !== "string") throw new Error(`answered ${status}: ${body.slice(0, 500)}`);
  return location;
}

export const queryOf = (address: string): URLSearchParams => new URL(address, "http://localhost").searchParams;

/** What a browser would send back: the cookies that an answer sets, by name. */
export function cookiesOf({ headers }: Answer): Map<string, string> {
  const lines = [headers["set-cookie"] ?? []].flat();
  return new Map(
    lines.map((line) => {
      const pair = line.split(";")[0] ?? "";
      return [pair.slice(0, pair.indexOf("=")), pair] as const;
    }),
  );
}
