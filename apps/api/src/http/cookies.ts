/** How our cookies are called. */
export interface CookieNames {
  /** What each of the names begins with. */
  prefix: string;
  session: string;
  browser: string;
  connect: string;
}

/**
 * Names our cookies for the origin that they belong to. Over https the prefix `__Host-` has browsers refuse one that
 * another host of the site sets (RFC 6265bis, 4.1.3.2). Browsers share cookies between the ports of a host, so the port is
 * in the name: two installations beside one another leave each other's alone.
 */
export function nameCookies({ protocol, port }: URL): CookieNames {
  const prefix = `${protocol === "https:" ? "__Host-" : ""}patchbay${port === "" ? "" : `-${port}`}`;
  return { prefix, session: `${prefix}.session_token`, browser: `${prefix}-browser`, connect: `${prefix}-connect` };
}

/**
 * The values of all cookies of one name, unquoted, percent-decoded where that works. Only the blanks of RFC 6265 (5.2) are
 * taken off a name: what JavaScript calls white space besides makes another cookie of it to a browser.
 */
export function readCookies(header: string | undefined, name: string): string[] {
  const values: string[] = [];
  for (const part of header?.includes(name) ? header.split(";") : []) {
    const equals = part.indexOf("=");
    if (equals === -1 || trimBlanks(part.slice(0, equals)) !== name) continue;
    const value = trimBlanks(part.slice(equals + 1));
    values.push(decode(value.startsWith('"') ? value.slice(1, -1) : value));
  }
  return values;
}

function trimBlanks(text: string): string {
  let [from, to] = [0, text.length];
  while (isBlank(text[from])) from += 1;
  while (to > from && isBlank(text[to - 1])) to -= 1;
  return text.slice(from, to);
}

const isBlank = (character: string | undefined): boolean => character === " " || character === "\t";

/** Percent-decodes, or gives the text as it is where it does not decode. */
export function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
