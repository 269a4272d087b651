export type * from "./attempts.ts";
export type { Opening } from "./begin.ts";
export { createConnect, type Connect } from "./connect.ts";
export type { Finish } from "./finish.ts";
export { providerOf, type Listing, type Registry } from "./registry.ts";
export type { Arrival } from "./returned.ts";
export type { View } from "./shown.ts";
export { abandonOverdue } from "./walk.ts";
export type { Hold, Stand, Walks, Wish } from "./walks.ts";
