import { type Markup, markup } from "./html.ts";
import { layout } from "./layout.ts";

export interface Holder {
  readonly person: string;
  readonly name: string;
  readonly phone: string;
  readonly detail: string;
  /** The second step of a login, where there is one. */
  readonly password?: string | undefined;
}

/** What is to be seen on somebody's telephone. */
export interface PhoneView {
  readonly holder: Holder;
  readonly messages: readonly { readonly code: string; readonly way: string; readonly at: string }[];
  readonly sessions: readonly { readonly hash: string; readonly name: string; readonly detail: string }[];
}

const refreshEvery = 3;

/** Whose telephone is it? */
export function phonesPage(holders: readonly Holder[]): string {
  const content = markup`<p class="host">Telegram</p>
<h1>Whose phone?</h1>
<p>Login codes arrive here, and QR codes are scanned from here.</p>
<ul class="plain">${holders.map(
    ({ person, name, detail }) =>
      markup`<li><a class="person" href="/telegram/${person}"><span><span>${name}</span> <span class="detail">${detail}</span></span></a></li>
`,
  )}</ul>`;
  return layout({ title: "Telegram: phones", content });
}

/** The codes that arrived and the devices that are logged in; it looks again by itself. */
export function phonePage({ holder, messages, sessions }: PhoneView): string {
  const content = markup`${heading(holder)}
<p><a class="button" href="/telegram/${holder.person}/scan">Scan a QR code</a></p>
<h2>Login codes</h2>
${listOr(messages.map(message), "None has arrived yet. This page looks again every few seconds.")}
<h2>Devices</h2>
${listOr(
  sessions.map((session) => device(holder, session)),
  "Nothing is logged in to this account.",
)}
<p><a href="/telegram">Another phone</a></p>`;
  return layout({ title: `${holder.name}: phone`, refresh: refreshEvery, content });
}

/** Where the URL of a QR code is pasted, for no camera looks at the screen here. */
export function scanPage(holder: Holder, said?: string): string {
  const content = markup`${heading(holder)}
${said === undefined ? markup`` : markup`<p role="alert">${said}</p>`}
<form method="post" action="/telegram/${holder.person}/scan">
<label for="url">What the QR code says</label>
<input id="url" name="url" type="text" placeholder="tg://login?token=…" autocomplete="off" spellcheck="false" required autofocus>
<div class="decision"><button class="allow" type="submit">Scan a QR code</button></div>
</form>
<p><a href="/telegram/${holder.person}">Back to the phone</a></p>`;
  return layout({ title: `${holder.name}: scan a QR code`, content });
}

const heading = ({ name, phone, password }: Holder): Markup => markup`<p class="host">Telegram ${phone}</p>
<h1>${name}’s phone</h1>
${password === undefined ? markup`` : markup`<p>The password of the account is <code>${password}</code>.</p>`}`;

function listOr(items: readonly Markup[], none: string): Markup {
  return items.length === 0 ? markup`<p>${none}</p>` : markup`<ul class="plain">${items}</ul>`;
}

const message = ({ code, way, at }: PhoneView["messages"][number]): Markup =>
  markup`<li class="row"><span><code class="big">${code}</code> <span class="detail">${way}, ${at}</span></span></li>
`;

function device({ person }: Holder, { hash, name, detail }: PhoneView["sessions"][number]): Markup {
  return markup`<li class="row"><span><span>${name}</span> <span class="detail">${detail}</span></span>
<form method="post" action="/telegram/${person}/end"><input type="hidden" name="hash" value="${hash}"><button type="submit" aria-label="End ${name}">End</button></form></li>
`;
}
