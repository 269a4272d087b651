import { useEffect } from "react";

/** Gets the name of the product that this page belongs to. The API has put it into the document. */
export const getAppName = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="application-name"]')?.content ?? "Patchbay";

/** Sets the title of the document. `product` is the product's name. */
export function useTitle(title: string, product = getAppName()): void {
  useEffect(() => {
    document.title = `${title} · ${product}`;
  }, [title, product]);
}
