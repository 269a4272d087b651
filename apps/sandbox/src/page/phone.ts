import { type Markup, markup } from "./html.ts";
import { renderLayout } from "./layout.ts";

/** The person whose phone a page shows. */
export interface PhoneOwner {
  readonly person: string;
  readonly name: string;
  readonly phone: string;
  readonly detail: string;
  /** The password of the account, if it has one. */
  readonly password?: string | undefined;
}

/** What a person sees on their phone. */
export interface PhoneView {
  readonly owner: PhoneOwner;
  readonly messages: readonly { readonly code: string; readonly way: string; readonly at: string }[];
  readonly sessions: readonly { readonly hash: string; readonly name: string; readonly detail: string }[];
}

const refreshSeconds = 3;

/** Renders the list of phones. */
export function renderPhonesPage(holders: readonly PhoneOwner[]): string {
  const content = markup`<p class="host">Telegram</p>
<h1>Whose phone?</h1>
<p>Login codes arrive here, and QR codes are scanned from here.</p>
<ul class="plain">${holders.map(
    ({ person, name, detail }) =>
      markup`<li><a class="person" href="/telegram/${person}"><span><span>${name}</span> <span class="detail">${detail}</span></span></a></li>
`,
  )}</ul>`;
  return renderLayout({ title: "Telegram: phones", content });
}

/** Renders a phone: the codes that arrived and the devices that are logged in. The page reloads by itself. */
export function renderPhonePage({ owner: holder, messages, sessions }: PhoneView): string {
  const content = markup`${renderHeading(holder)}
<p><a class="button" href="/telegram/${holder.person}/scan">Scan a QR code</a></p>
<h2>Login codes</h2>
${renderList(messages.map(renderMessage), "None has arrived yet. This page looks again every few seconds.")}
<h2>Devices</h2>
${renderList(
  sessions.map((session) => renderDevice(holder, session)),
  "Nothing is logged in to this account.",
)}
<p><a href="/telegram">Another phone</a></p>`;
  return renderLayout({ title: `${holder.name}: phone`, refresh: refreshSeconds, content });
}

/** Renders the form for the text of a QR code, because no camera reads the screen. */
export function renderScanPage(holder: PhoneOwner, said?: string): string {
  const content = markup`${renderHeading(holder)}
${said === undefined ? markup`` : markup`<p role="alert">${said}</p>`}
<form method="post" action="/telegram/${holder.person}/scan">
<label for="url">What the QR code says</label>
<input id="url" name="url" type="text" placeholder="tg://login?token=…" autocomplete="off" spellcheck="false" required autofocus>
<div class="decision"><button class="allow" type="submit">Scan a QR code</button></div>
</form>
<p><a href="/telegram/${holder.person}">Back to the phone</a></p>`;
  return renderLayout({ title: `${holder.name}: scan a QR code`, content });
}

const renderHeading = ({ name, phone, password }: PhoneOwner): Markup => markup`<p class="host">Telegram ${phone}</p>
<h1>${name}’s phone</h1>
${password === undefined ? markup`` : markup`<p>The password of the account is <code>${password}</code>.</p>`}`;

function renderList(items: readonly Markup[], none: string): Markup {
  return items.length === 0 ? markup`<p>${none}</p>` : markup`<ul class="plain">${items}</ul>`;
}

const renderMessage = ({ code, way, at }: PhoneView["messages"][number]): Markup =>
  markup`<li class="row"><span><code class="big">${code}</code> <span class="detail">${way}, ${at}</span></span></li>
`;

function renderDevice({ person }: PhoneOwner, { hash, name, detail }: PhoneView["sessions"][number]): Markup {
  return markup`<li class="row"><span><span>${name}</span> <span class="detail">${detail}</span></span>
<form method="post" action="/telegram/${person}/end"><input type="hidden" name="hash" value="${hash}"><button type="submit" aria-label="End ${name}">End</button></form></li>
`;
}
