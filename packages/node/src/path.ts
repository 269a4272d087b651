import { PatchbayError } from "./error.ts";

/** An id as one segment of a path. Throws for one that an address cannot hold: `fetch` reads `..` as the folder above. */
export function segment(id: string | number): string {
  const text = encodeURIComponent(id);
  if (text !== "" && text !== "." && text !== "..") return text;
  throw new PatchbayError("invalid_request", `"${id}" is not an id.`, { field: "id" });
}
