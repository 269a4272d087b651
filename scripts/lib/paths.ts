import { dirname, join } from "node:path";

/** The root of the repository. */
export const root = dirname(dirname(import.meta.dirname));
/** What a run stores for the next one; git ignores it. */
export const dataFolder = join(root, ".data");
