import type { Person } from "../people.ts";
import { hiddenFields, personChoices } from "./choice.ts";
import { type Markup, markup } from "./html.ts";
import { layout } from "./layout.ts";

export interface ConsentView {
  readonly provider: string;
  readonly app: string;
  readonly host: string;
  readonly action: string;
  readonly hidden: readonly (readonly [name: string, value: string])[];
  readonly people: readonly Person[];
  readonly scopes: readonly string[];
}

/** Who is it, and is the app allowed what it asks for? Works without scripts. */
export function consentPage(view: ConsentView): string {
  const content = markup`<p class="host">${view.host}</p>
<h1>Connect ${view.app} to ${view.provider}?</h1>
<p><strong>${view.app}</strong> would like access to a ${view.provider} account.</p>
<form method="post" action="${view.action}">
${hiddenFields(view.hidden)}
${personChoices(view.people)}
${scopeList(view.scopes)}
<div class="decision">
<button class="allow" type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button>
</div>
</form>`;
  return layout({ title: `${view.provider}: connect ${view.app}`, content });
}

function scopeList(scopes: readonly string[]): Markup {
  if (scopes.length === 0) return markup`<p>It asks for no particular permission.</p>`;
  return markup`<p>It asks for:</p>
<ul>${scopes.map((scope) => markup`<li><code>${scope}</code></li>`)}</ul>`;
}
