import type { SimulatedProvider } from "../provider.ts";
import type { Person } from "../people-store.ts";
import { type Markup, markup } from "./html.ts";
import { renderLayout } from "./layout.ts";

const reads = ["people", "apps", "calls", "refreshes", "grants", "subscriptions", "deliveries"];
const writes = [
  ["fail", "make the next requests to a host fail, wait or lose their connection"],
  ["set", "change a person, or how a provider behaves"],
  ["emit", "send a signed webhook, or a forged one"],
  ["sign", "sign a webhook without sending it"],
  ["remove", "a person removes the app at the provider"],
  ["mint", "create synthetic people who have consented"],
  ["clock", "move the clock"],
  ["reset", "forget grants, requests, subscriptions, failures and changes"],
] as const;

/** Renders the front page: what the sandbox is, its people, and its control API. */
export function renderFrontPage(providers: readonly SimulatedProvider[]): string {
  const content = markup`<h1>Patchbay sandbox</h1>
<p>This server simulates ${providers.length} providers so that everything runs without a network.
Each real host is the first segment of the path.</p>
<div class="grid">${providers.map(renderProvider)}</div>
<h2>Control API</h2>
<ul>
${reads.map((name) => markup`<li><a href="/_/${name}"><code>GET /_/${name}</code></a></li>`)}
${writes.map(([name, use]) => markup`<li><code>POST /_/${name}</code>: ${use}</li>`)}
</ul>`;
  return renderLayout({ title: "Patchbay sandbox", wide: true, content });
}

function renderProvider(provider: SimulatedProvider): Markup {
  return markup`<section><h2>${provider.title}</h2>${renderPageLink(provider)}<ul>${provider.people.listSeeded().map(renderPerson)}</ul></section>`;
}

function renderPageLink({ page }: SimulatedProvider): Markup {
  return page === undefined ? markup`` : markup`<p><a href="${page.path}">${page.title}</a></p>`;
}

function renderPerson({ name, person, email, hint }: Person): Markup {
  return markup`<li>${name} <code>${person}</code><br><span class="detail">${hint ?? email ?? "no e-mail address"}</span></li>`;
}
