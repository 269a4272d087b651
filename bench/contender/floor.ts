import type { Contender } from "./contender.ts";
import { environment } from "./environment.ts";
import { handOutAsk, patchbayAsks, zoomWalk } from "./patchbay.ts";

const bare = {
  script: import.meta.resolve("../floor/main.ts"),
  ready: "/healthz",
  env: environment,
};

/** The same requests, answered without a framework. */
export const floor = (users: number): Contender => ({
  ...bare,
  name: "floor",
  database: "floor",
  prepare: (database, { template }) => database.createDatabase("floor", template),
  asks: patchbayAsks(users),
  walk: zoomWalk(users),
  sweep: { A: "truncate attempt", B: "truncate attempt" },
});

/** The floor that writes the audit of D as Patchbay does. */
export const auditedFloor = (users: number): Contender => ({
  ...bare,
  name: "floor, audited",
  database: "floor_audited",
  prepare: (database, { template }) => database.createDatabase("floor_audited", template),
  asks: { D: handOutAsk(users, "v2") },
});
