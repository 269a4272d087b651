import { markup } from "./html.ts";
import { renderLayout } from "./layout.ts";

/** What a notice page says. */
export interface NoticeView {
  readonly title: string;
  readonly heading: string;
  readonly text: string;
}

/** A page that ends the flow: an error of the provider, or a denial that does not lead back to the app. */
export function renderNoticePage({ title, heading, text }: NoticeView): string {
  return renderLayout({ title, content: markup`<h1>${heading}</h1><p>${text}</p>` });
}
