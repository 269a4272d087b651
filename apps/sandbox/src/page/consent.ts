import type { Person } from "../people-store.ts";
import { renderHiddenFields, renderPersonChoices } from "./choice.ts";
import { type Markup, markup } from "./html.ts";
import { renderLayout } from "./layout.ts";

/** What the consent page shows. */
export interface ConsentView {
  readonly provider: string;
  readonly app: string;
  readonly host: string;
  readonly action: string;
  readonly hidden: readonly (readonly [name: string, value: string])[];
  readonly people: readonly Person[];
  readonly scopes: readonly string[];
}

/** Renders the consent page: who the person is, and whether they allow what the app asks for. It works without scripts. */
export function renderConsentPage(view: ConsentView): string {
  const content = markup`<p class="host">${view.host}</p>
<h1>Connect ${view.app} to ${view.provider}?</h1>
<p><strong>${view.app}</strong> would like access to a ${view.provider} account.</p>
<form method="post" action="${view.action}">
${renderHiddenFields(view.hidden)}
${renderPersonChoices(view.people)}
${renderScopes(view.scopes)}
<div class="decision">
<button class="allow" type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button>
</div>
</form>`;
  return renderLayout({ title: `${view.provider}: connect ${view.app}`, content });
}

function renderScopes(scopes: readonly string[]): Markup {
  if (scopes.length === 0) return markup`<p>It asks for no particular permission.</p>`;
  return markup`<p>It asks for:</p>
<ul>${scopes.map((scope) => markup`<li><code>${scope}</code></li>`)}</ul>`;
}
