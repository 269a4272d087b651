import { Pool } from "pg";
import { databaseUrl } from "../contender/settings.ts";

/** As many as the product has. */
export const pool = new Pool({
  connectionString: databaseUrl,
  max: 10,
  application_name: "floor",
  options: "-c search_path=patchbay",
});
