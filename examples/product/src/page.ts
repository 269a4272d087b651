import type { Connection } from "@patchbay/node";
import type { User } from "./sign-in.ts";

const names: Readonly<Record<string, string>> = { zoom: "Zoom", stripe: "Stripe" };

/** What a page says once something has happened. */
const notices: Readonly<Record<string, string>> = {
  connected: "The account is connected.",
  disconnected: "The account is disconnected.",
  access_denied: "You chose not to give access, so nothing was connected.",
  user_mismatch: "Somebody else began this, so nothing was connected. Press Connect to connect an account of your own.",
  attempt_unknown: "That took too long. Please connect again.",
  session_cancelled: "This was cancelled. Please connect again.",
};
const otherNotice = "That did not work, and nothing was connected. Please connect again.";

/** The accounts of a user. */
export function accountsPage({
  user,
  providers,
  connections,
  notice,
}: {
  user: User;
  providers: readonly string[];
  connections: readonly Connection[];
  notice: unknown;
}): string {
  const said = typeof notice === "string" ? `<p role="status">${escape(notices[notice] ?? otherNotice)}</p>` : "";
  const sections = providers.map((provider) =>
    providerSection(
      provider,
      connections.filter((connection) => connection.provider === provider),
    ),
  );
  return page(
    "Accounts",
    `<header><h1>Acme</h1><span>${escape(user.name)}</span>${button("/sign-out", "Sign out")}</header>
    ${said}${sections.join("")}`,
  );
}

function providerSection(provider: string, connections: readonly Connection[]): string {
  const name = names[provider] ?? provider;
  const items = connections.map((connection) => `<li>${connectionItem(connection)}</li>`).join("");
  return `<section aria-label="${escape(name)}"><h2>${escape(name)}</h2><ul>${items}</ul>
    ${button(`/connect/${provider}`, `Connect ${name}`)}</section>`;
}

function connectionItem({ id, provider, label, status }: Connection): string {
  const profile = provider === "zoom" && status === "active" ? `<a href="/zoom/${id}">Profile from Zoom</a>` : "";
  const mend =
    status === "needs_reconnect" ? button(`/connect/${provider}?connection=${id}`, `Reconnect ${label}`) : "";
  return `<b>${escape(label)}</b> ${profile}${mend}${button(`/disconnect/${id}`, `Disconnect ${label}`)}`;
}

/** Who signs in. A real product asks for more than a click. */
export function signInPage({ users, next }: { users: readonly User[]; next: string }): string {
  const forms = users.map(
    ({ id, name }) => `<form method="post" action="/sign-in"><input type="hidden" name="user" value="${escape(id)}">
      <input type="hidden" name="next" value="${escape(next)}"><button>${escape(name)}</button></form>`,
  );
  return page("Sign in", `<header><h1>Acme</h1></header><section><h2>Sign in as</h2>${forms.join("")}</section>`);
}

/** Something did not work that the user cannot change. */
export function failurePage(): string {
  return page("Error", `<header><h1>Acme</h1></header><p role="alert">That did not work.</p><a href="/">Accounts</a>`);
}

function button(action: string, text: string): string {
  return `<form method="post" action="${escape(action)}"><button>${escape(text)}</button></form>`;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>${title} · Acme</title><style>${style}</style><main>${body}</main></html>`;
}

const style = `
  body { background: #f6f5f2; color: #1c1b19; font: 16px/1.5 system-ui, sans-serif; margin: 0 }
  main { margin: 3rem auto; max-width: 36rem; padding: 0 1rem }
  header { align-items: center; display: flex; gap: 1rem; margin-bottom: 1.5rem }
  h1 { font-size: 1.5rem; margin: 0 auto 0 0 }
  h2 { font-size: 1rem; margin: 0 0 .5rem }
  section { background: #fff; border: 1px solid #dddad2; border-radius: 10px; margin-bottom: 1rem; padding: 1rem 1.25rem }
  ul { list-style: none; margin: 0; padding: 0 }
  li { align-items: center; display: flex; flex-wrap: wrap; gap: .75rem; margin-bottom: .75rem }
  b { margin-right: auto }
  form { display: inline-block; margin: 0 }
  button { background: #fff; border: 1px solid #8a867c; border-radius: 6px; cursor: pointer; font: inherit; padding: .3rem .8rem }
  button:hover { background: #f0eee8 }
  [role=status], [role=alert] { background: #e9f1ea; border-radius: 6px; padding: .6rem 1rem }`;

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
