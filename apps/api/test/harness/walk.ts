import type { Answer, Browser } from "./browser.ts";
import type { Subject } from "./subjects.ts";

const api = "/api/v1/channels";

/** Begins an attempt. Gives the address at the provider. */
export async function begin(browser: Browser, subject: Subject, opening = subject.opening): Promise<URL> {
  const answer = await browser.get(`${api}/${subject.id}/auth${opening}`);
  if (answer.location === undefined) throw new Error(`/auth answered ${answer.status}: ${answer.text}`);
  return answer.location;
}

/** Decides on the provider's consent page. Gives the address of the return. */
export async function decide(at: URL, decision: "allow" | "deny", person: string): Promise<URL> {
  const response = await fetch(at, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ person, decision }).toString(),
  });
  const to = response.headers.get("location");
  if (to === null) throw new Error(`consent answered ${response.status}: ${await response.text()}`);
  return new URL(to);
}

/** Builds the body that a page posts after a landing. */
export function bodyOf({ connectBody }: Subject, landing: URL): Record<string, string> {
  const fields = Object.entries(connectBody);
  return Object.fromEntries(fields.map(([name, parameter]) => [name, landing.searchParams.get(parameter) ?? ""]));
}

/** Walks to where the page would land. */
export async function land(browser: Browser, subject: Subject, person = subject.person): Promise<URL> {
  const opening = person === subject.other ? subject.otherOpening : subject.opening;
  const back = await decide(await begin(browser, subject, opening), "allow", person);
  const answer = await browser.get(back);
  if (answer.location === undefined) throw new Error(`the return answered ${answer.status}: ${answer.text}`);
  return answer.location;
}

/** Finishes after a landing, unless the return has finished by itself. */
export async function finish(browser: Browser, subject: Subject, landing: URL): Promise<Answer | undefined> {
  if (subject.finishesOnReturn) return undefined;
  return await browser.post(`${api}/${subject.id}/connect`, bodyOf(subject, landing));
}

export interface Row {
  id: number;
  provider: string;
  label: string;
  email?: string;
  status: string;
  scopes: string[];
}

export async function list(browser: Browser): Promise<Row[]> {
  const answer = await browser.get(`${api}/`);
  if (answer.status !== 200) throw new Error(`the list answered ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text) as Row[];
}

/** The whole walk: gives the connection as the list then shows it. */
export async function connect(browser: Browser, subject: Subject, person = subject.person): Promise<Row> {
  const known = new Set((await list(browser)).map(({ id }) => id));
  const landing = await land(browser, subject, person);
  const answer = await finish(browser, subject, landing);
  if (answer !== undefined && answer.status !== 200)
    throw new Error(`connect answered ${answer.status}: ${answer.text}`);
  if (landing.searchParams.has("error")) throw new Error(`landed with ${landing.search}`);
  const rows = (await list(browser)).filter(({ provider }) => provider === subject.id);
  const row = rows.find(({ id }) => !known.has(id)) ?? rows.at(-1);
  if (row === undefined) throw new Error("connected, but not listed");
  return row;
}

export function disconnect(browser: Browser, subject: Subject, id: number): Promise<Answer> {
  return browser.post(`${api}/${subject.id}/disconnect`, { [subject.idField]: id });
}
