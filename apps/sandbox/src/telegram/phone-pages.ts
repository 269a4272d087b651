import { type Request, type RequestHandler, type Response, Router } from "express";
import { sameOriginOnly } from "../control/guard.ts";
import { InvalidRequest } from "../control/invalid-request.ts";
import { buildContentPolicy } from "../page/layout.ts";
import { renderNoticePage } from "../page/notice.ts";
import { type PhoneOwner, renderPhonePage, renderPhonesPage, type PhoneView, renderScanPage } from "../page/phone.ts";
import type { TelegramAccounts } from "./accounts.ts";
import type { CodeType } from "./code-types.ts";
import type { Login } from "./logins.ts";
import type { TelegramPerson } from "./people.ts";
import { type Phone, findPhoneOfPerson } from "./phone.ts";

/** Creates the pages of the phones, for a person in front of the sandbox. They use plain forms and no script. */
export function createPhonePages(accounts: TelegramAccounts): Router {
  const router = Router();
  const { people } = accounts.state;
  router.use(sameOriginOnly);
  router.get("/", (_request, response) => sendPage(response, renderPhonesPage(people.listSeeded().map(describeOwner))));
  router.get(
    "/:person",
    withPhone(accounts, (phone, { response }) => sendPage(response, renderPhonePage(buildPhoneView(phone)))),
  );
  router.get(
    "/:person/scan",
    withPhone(accounts, ({ owner }, { response }) => sendPage(response, renderScanPage(describeOwner(owner)))),
  );
  router.post("/:person/scan", withPhone(accounts, scanPostedUrl));
  router.post("/:person/end", withPhone(accounts, endPostedSession));
  return router;
}

interface PhoneVisit {
  readonly request: Request<{ person: string }>;
  readonly response: Response;
}

function withPhone(
  accounts: TelegramAccounts,
  handle: (phone: Phone, visit: PhoneVisit) => void,
): RequestHandler<{ person: string }> {
  return (request, response) => {
    const phone = findPhoneOfPerson(accounts, request.params.person);
    if (phone) return handle(phone, { request, response });
    const text = "Nobody of that name is on Telegram here.";
    sendPage(response.status(404), renderNoticePage({ title: "Telegram", heading: "No such phone", text }));
  };
}

function scanPostedUrl(phone: Phone, { request, response }: PhoneVisit): void {
  try {
    phone.scanQrCode(readField(request, "url"));
    response.redirect(303, `/telegram/${phone.owner.person}`);
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    sendPage(response.status(422), renderScanPage(describeOwner(phone.owner), error.message));
  }
}

function endPostedSession(phone: Phone, { request, response }: PhoneVisit): void {
  const hash = readField(request, "hash");
  if (/^-?\d+$/.test(hash)) phone.endSessions(BigInt(hash));
  response.redirect(303, `/telegram/${phone.owner.person}`);
}

const readField = ({ body }: { readonly body?: unknown }, name: string): string =>
  new URLSearchParams(typeof body === "string" ? body : "").get(name) ?? "";

/** Sends a page. Its forms need the browser to send the origin, which it does only under this referrer policy. */
function sendPage(response: Response, page: string): void {
  response.set({ "content-security-policy": buildContentPolicy([]), "referrer-policy": "same-origin" });
  response.set({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  response.type("html").send(page);
}

const describeOwner = ({ person, name, phone, hint, password }: TelegramPerson): PhoneOwner => ({
  person,
  name,
  phone,
  detail: hint ?? phone,
  password,
});

const formatTime = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

const codeTypeSentences: Readonly<Record<CodeType, string>> = {
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

function buildPhoneView(phone: Phone): PhoneView {
  return {
    owner: describeOwner(phone.owner),
    messages: phone
      .listMessages()
      .map(({ code, way, at }) => ({ code, way: codeTypeSentences[way], at: `${formatTime(at)} UTC` })),
    sessions: phone.listSessions().map(describeDevice),
  };
}

const describeDevice = ({ hash, device, dc, createdAt }: Login): PhoneView["sessions"][number] => ({
  hash: String(hash),
  name: `${device.model}, ${device.app}`,
  detail: `${device.system}, DC ${dc}, since ${formatTime(createdAt)} UTC`,
});
