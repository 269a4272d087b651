import { type Request, type RequestHandler, type Response, Router } from "express";
import { sameOriginOnly } from "../../control/guard.ts";
import { Misused } from "../../control/misused.ts";
import { contentPolicy } from "../../page/layout.ts";
import { noticePage } from "../../page/notice.ts";
import { type Holder, phonePage, phonesPage, type PhoneView, scanPage } from "../../page/phone.ts";
import type { Accounts } from "./accounts.ts";
import type { CodeType } from "./code-types.ts";
import type { Login } from "./logins.ts";
import type { TelegramPerson } from "./people.ts";
import { type Phone, phoneOfPerson } from "./phone.ts";

/** The telephones, for whoever sits in front of the sandbox. Plain forms, no script. */
export function phonePages(accounts: Accounts): Router {
  const router = Router();
  const { people } = accounts.registry;
  router.use(sameOriginOnly);
  router.get("/", (_request, response) => show(response, phonesPage(people.all().map(holderOf))));
  router.get(
    "/:person",
    withPhone(accounts, (phone, { response }) => show(response, phonePage(viewOf(phone)))),
  );
  router.get(
    "/:person/scan",
    withPhone(accounts, ({ owner }, { response }) => show(response, scanPage(holderOf(owner)))),
  );
  router.post("/:person/scan", withPhone(accounts, scanned));
  router.post("/:person/end", withPhone(accounts, ended));
  return router;
}

interface Visit {
  readonly request: Request<{ person: string }>;
  readonly response: Response;
}

function withPhone(
  accounts: Accounts,
  handle: (phone: Phone, visit: Visit) => void,
): RequestHandler<{ person: string }> {
  return (request, response) => {
    const phone = phoneOfPerson(accounts, request.params.person);
    if (phone) return handle(phone, { request, response });
    const text = "Nobody of that name is on Telegram here.";
    show(response.status(404), noticePage({ title: "Telegram", heading: "No such phone", text }));
  };
}

function scanned(phone: Phone, { request, response }: Visit): void {
  try {
    phone.scan(fieldOf(request, "url"));
    response.redirect(303, `/telegram/${phone.owner.person}`);
  } catch (error) {
    if (!(error instanceof Misused)) throw error;
    show(response.status(422), scanPage(holderOf(phone.owner), error.message));
  }
}

function ended(phone: Phone, { request, response }: Visit): void {
  const hash = fieldOf(request, "hash");
  if (/^-?\d+$/.test(hash)) phone.end(BigInt(hash));
  response.redirect(303, `/telegram/${phone.owner.person}`);
}

const fieldOf = ({ body }: { readonly body?: unknown }, name: string): string =>
  new URLSearchParams(typeof body === "string" ? body : "").get(name) ?? "";

/** Its forms need the browser to say where they come from, which it does only under this referrer policy. */
function show(response: Response, page: string): void {
  response.set({ "content-security-policy": contentPolicy([]), "referrer-policy": "same-origin" });
  response.set({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  response.type("html").send(page);
}

const holderOf = ({ person, name, phone, hint, password }: TelegramPerson): Holder => ({
  person,
  name,
  phone,
  detail: hint ?? phone,
  password,
});

const time = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

const ways: Readonly<Record<CodeType, string>> = {
  app: "from Telegram",
  sms: "by text message",
  word: "by text message",
  phrase: "by text message",
  firebase: "by text message",
  call: "by telephone",
  "flash call": "the number that called",
  "missed call": "the last digits of the number that called",
  email: "by e-mail",
  "email setup": "not sent",
  fragment: "at Fragment",
};

function viewOf(phone: Phone): PhoneView {
  return {
    holder: holderOf(phone.owner),
    messages: phone.messages().map(({ code, way, at }) => ({ code, way: ways[way], at: `${time(at)} UTC` })),
    sessions: phone.sessions().map(deviceOf),
  };
}

const deviceOf = ({ hash, device, dc, createdAt }: Login): PhoneView["sessions"][number] => ({
  hash: String(hash),
  name: `${device.model}, ${device.app}`,
  detail: `${device.system}, DC ${dc}, since ${time(createdAt)} UTC`,
});
