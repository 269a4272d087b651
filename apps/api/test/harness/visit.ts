import type { World } from "./world.ts";
import { createBackEnd, type Said } from "./back-end.ts";
import type { Answer, Browser } from "./browser.ts";
import type { Subject } from "./subjects.ts";
import { decide } from "./walk.ts";

/** Where the product of the tests wants its users back. */
export const productUrl = "http://localhost:5999/settings";
const sessions = "/api/v1/connect/sessions";

/** A product's back end, as it uses connect sessions. */
export function createProduct({ url }: Pick<World, "url">, key: string) {
  const backEnd = createBackEnd(url, key);
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Said> =>
    backEnd.send(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  return {
    backEnd,
    ask: (body: unknown, headers?: Record<string, string>) => post(sessions, body, headers),
    /** Makes a session that returns to the product. */
    async create(user: string, more: Record<string, unknown> = {}): Promise<Session> {
      const said = await post(sessions, { user: { id: user }, returnUrl: productUrl, ...more });
      if (said.status !== 201) throw new Error(`a connect session was answered ${said.status}: ${said.text}`);
      return said.json as unknown as Session;
    },
    state: ({ id }: Pick<Session, "id">) => backEnd.send(`${sessions}/${id}`),
    cancel: ({ id }: Pick<Session, "id">) => backEnd.send(`${sessions}/${id}`, { method: "DELETE" }),
    complete: ({ id }: Pick<Session, "id">, connectCode: string, user: string) =>
      post(`${sessions}/${id}/complete`, { connectCode, user }),
  };
}

/** A connect session as its back end gets it. */
export interface Session {
  id: string;
  token: string;
  url: string;
  status: string;
  expiresAt: string;
}

/** Opens a link as the page does. */
export function openLink(browser: Browser, { token }: Pick<Session, "token">): Promise<Answer> {
  return browser.post("/api/v1/connect/open", { token });
}

/** The address of a path as the page of a connect session calls it. */
export const inVisit = (path: string): string => `${path}${path.includes("?") ? "&" : "?"}session=connect`;

/** Begins at a provider in a visit. Gives the address there. */
export async function beginInVisit(browser: Browser, subject: Subject): Promise<URL> {
  const answer = await browser.get(inVisit(`/api/v1/channels/${subject.id}/auth${subject.opening}`));
  if (answer.location === undefined) throw new Error(`/auth answered ${answer.status}: ${answer.text}`);
  return answer.location;
}

/** Goes through the provider's consent. Gives the answer of the callback. */
export async function goThrough(
  browser: Browser,
  subject: Subject,
  decision: "allow" | "deny" = "allow",
): Promise<Answer> {
  return await browser.get(await decide(await beginInVisit(browser, subject), decision, subject.person));
}

/** Goes to where the browser returns to the product. Gives the connect code. */
export async function returnToProduct(browser: Browser, subject: Subject): Promise<string> {
  const { location, status, text } = await goThrough(browser, subject);
  const code = location?.searchParams.get("connect_code");
  if (code === null || code === undefined) throw new Error(`the return answered ${status} ${location?.href}: ${text}`);
  return code;
}

/** A user of the product who has opened their link: the session, and the browser that opened it. */
export interface Visit {
  session: Session;
  browser: Browser;
}

/** Makes a session and opens its link in a new browser. */
export async function openVisit(
  world: Pick<World, "browser">,
  product: ReturnType<typeof createProduct>,
  options: { user: string } & Record<string, unknown>,
): Promise<Visit> {
  const { user, ...more } = options;
  const session = await product.create(user, more);
  const browser = world.browser();
  const { status, text } = await openLink(browser, session);
  if (status !== 200) throw new Error(`opening was answered ${status}: ${text}`);
  return { session, browser };
}

/** A visit that has led back to the product: what came with the browser, and what belongs to the provider. */
export interface Returned extends Visit {
  code: string;
  state: string;
  /** The callback that the browser came by. */
  back: URL;
}

/** Opens a visit and goes to where the browser returns to the product. */
export async function returnFrom(visit: Visit, subject: Subject): Promise<Returned> {
  const at = await beginInVisit(visit.browser, subject);
  const back = await decide(at, "allow", subject.person);
  const { location, status, text } = await visit.browser.get(back);
  const code = location?.searchParams.get("connect_code");
  if (code === null || code === undefined) throw new Error(`the return answered ${status} ${location?.href}: ${text}`);
  return { ...visit, code, back, state: at.searchParams.get("state") ?? "" };
}

/** Connects an account of a product's user, with a way back. Gives the id of the connection. */
export async function connectInVisit(
  world: Pick<World, "browser">,
  product: ReturnType<typeof createProduct>,
  { user, subject }: { user: string; subject: Subject },
): Promise<number> {
  const { session, code } = await returnFrom(await openVisit(world, product, { user }), subject);
  const { json, text } = await product.complete(session, code, user);
  if (json["connection"] === undefined) throw new Error(`a completion was answered: ${text}`);
  return (json["connection"] as { id: number }).id;
}

/** Lists the accounts that the page of a visit shows. */
export async function listInVisit(browser: Browser): Promise<unknown> {
  return JSON.parse((await browser.get(inVisit("/api/v1/channels/"))).text);
}

/** Logs in to Telegram in a visit, by the code that arrives on the phone. Gives the connect code. */
export async function logInToTelegram({ control }: Pick<World, "control">, browser: Browser, phone: string) {
  const path = "/api/v1/channels/telegram/connect";
  const { sessionId } = (await browser.post(inVisit(`${path}/phone`), { phoneNumber: phone })).json;
  const [code] = await control.listCodes(phone);
  const { json, status, text } = await browser.post(inVisit(`${path}/verify-code`), { sessionId, code });
  const connectCode = URL.parse(String(json["returnUrl"]))?.searchParams.get("connect_code");
  if (!connectCode) throw new Error(`the login was answered ${status}: ${text}`);
  return connectCode;
}
