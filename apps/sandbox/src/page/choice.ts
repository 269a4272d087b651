import type { Person } from "../people-store.ts";
import { type Markup, markup } from "./html.ts";
import { renderLayout } from "./layout.ts";

/** What the choice page shows. */
export interface ChoiceView {
  readonly title: string;
  readonly heading: string;
  readonly host: string;
  readonly action: string;
  readonly hidden: readonly (readonly [name: string, value: string])[];
  readonly people: readonly Person[];
  readonly button: string;
}

/** Renders a page that asks whose account it is about, and nothing else. */
export function renderChoicePage(view: ChoiceView): string {
  const content = markup`<p class="host">${view.host}</p>
<h1>${view.heading}</h1>
<form method="post" action="${view.action}">
${renderHiddenFields(view.hidden)}
${renderPersonChoices(view.people)}
<div class="decision">
<button class="allow" type="submit">${view.button}</button>
</div>
</form>`;
  return renderLayout({ title: view.title, content });
}

/** Renders the hidden fields of a form. */
export const renderHiddenFields = (fields: ChoiceView["hidden"]): Markup[] =>
  fields.map(([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`);

/** Renders a radio button for each person. */
export const renderPersonChoices = (people: readonly Person[]): Markup => markup`<fieldset>
<legend>Continue as</legend>
${people.map((person, index) => renderPersonChoice(person, index === 0))}
</fieldset>`;

function renderPersonChoice({ person, name, email, hint }: Person, first: boolean): Markup {
  const checked = first ? markup` checked` : markup``;
  return markup`<label class="person"><input type="radio" name="person" value="${person}" required${checked}>
<span><span>${name}</span> <span class="detail">${hint ?? email ?? "no e-mail address"}</span></span></label>
`;
}
