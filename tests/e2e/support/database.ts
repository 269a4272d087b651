import { Client } from "pg";

/** Makes every walk that is under way look as if its time were over. */
export async function endAttempts(): Promise<void> {
  const client = new Client({ connectionString: process.env["E2E_DATABASE_URL"], options: "-c search_path=patchbay" });
  await client.connect();
  await client.query(
    "update attempt set expires_at = now() where current_step is not null and status in ('awaiting_user', 'claimed')",
  );
  await client.end();
}
