import { endpoints, people } from "@patchbay/sandbox/people";
import type { Answer, Browser } from "./browser.ts";

/** What a provider needs in a test, told as data: who is there, and how the contract calls things. */
export interface Subject {
  id: string;
  /** A person of the sandbox, and a second one. */
  person: string;
  other: string;
  /** The query of /auth for each. */
  opening: string;
  otherOpening: string;
  /** The id's name in bodies. */
  idField: "accountId" | "storeId";
  grants: "one per account" | "many";
  /** The hosts of the token and identity endpoints, and their paths. */
  token: { host: string; path: string };
  identity: { host: string; path: string };
  revocation: { host: string; path: string };
  /** Whether the provider can end the user's consent by API, and not only the tokens. */
  revokes: boolean;
  /** Whether a user who says no is sent back. */
  deniesByReturn: boolean;
  /** Whether our return path finishes by itself, without a POST of the page. */
  finishesOnReturn: boolean;
}

export const subjects: readonly Subject[] = [
  {
    id: "calendly",
    person: people.calendly.ada.person,
    other: people.calendly.tomas.person,
    opening: "",
    otherOpening: "",
    idField: "accountId",
    grants: "many",
    ...endpoints.calendly,
    revokes: true,
    deniesByReturn: true,
    finishesOnReturn: false,
  },
  {
    id: "paypal",
    person: people.paypal.grace.person,
    other: people.paypal.kwame.person,
    opening: "",
    otherOpening: "",
    idField: "accountId",
    grants: "many",
    ...endpoints.paypal,
    revokes: false,
    deniesByReturn: true,
    finishesOnReturn: true,
  },
  {
    id: "shopify",
    person: people.shopify.nora.person,
    other: people.shopify.omar.person,
    opening: "?shop=acme-goods",
    otherOpening: "?shop=acme-outlet",
    idField: "storeId",
    grants: "one per account",
    ...endpoints.shopify,
    revokes: true,
    deniesByReturn: false,
    finishesOnReturn: false,
  },
  {
    id: "stripe",
    person: people.stripe.mei.person,
    other: people.stripe.luca.person,
    opening: "",
    otherOpening: "",
    idField: "accountId",
    grants: "one per account",
    ...endpoints.stripe,
    revokes: true,
    deniesByReturn: true,
    finishesOnReturn: false,
  },
  {
    id: "zoom",
    person: people.zoom.priya.person,
    other: people.zoom.jonas.person,
    opening: "",
    otherOpening: "",
    idField: "accountId",
    grants: "one per account",
    ...endpoints.zoom,
    revokes: true,
    deniesByReturn: true,
    finishesOnReturn: false,
  },
];

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

/** The body that a page posts after a landing, as the requirements' snippets build it. */
export function bodyOf(subject: Subject, landing: URL): Record<string, string> {
  const of = (name: string) => landing.searchParams.get(name) ?? "";
  if (subject.id === "shopify") return { shop: of("shop"), code: of("code"), state: of("state") };
  if (subject.id === "stripe") return { authCode: of("code"), state: of("state") };
  return { authCode: of(subject.id === "zoom" ? "zoom_code" : "code") };
}

/** Walks to where the page would land. */
export async function land(browser: Browser, subject: Subject, person = subject.person): Promise<URL> {
  const opening = person === subject.other ? subject.otherOpening : subject.opening;
  const back = await decide(await begin(browser, subject, opening), "allow", person);
  const answer = await browser.get(back);
  if (answer.location === undefined) throw new Error(`the return answered ${answer.status}: ${answer.text}`);
  return answer.location;
}

/** Finishes after a landing. PayPal's return finished by itself. */
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
