import { markup } from "./html.ts";
import { layout } from "./layout.ts";

export interface Notice {
  readonly title: string;
  readonly heading: string;
  readonly text: string;
}

/** A page that ends the walk: an error of the provider, or a denial that goes nowhere. */
export function noticePage({ title, heading, text }: Notice): string {
  return layout({ title, content: markup`<h1>${heading}</h1><p>${text}</p>` });
}
