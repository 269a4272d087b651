import { createHash } from "node:crypto";

/** The name under which a statement is sent: PostgreSQL keeps the plan of a named one as long as the connection lasts. */
export function nameStatement(text: string): string {
  return `patchbay_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}
