import { dirname, join } from "node:path";

export const root = dirname(dirname(import.meta.dirname));
/** What a run leaves behind and the next one finds: git knows nothing of it. */
export const data = join(root, ".data");
