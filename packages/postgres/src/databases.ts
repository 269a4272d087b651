import { Client } from "pg";

type Wanted = { name: string; template?: string | undefined };

/** Makes a database where there is none of the name. The URL is of another one, `postgres` say. */
export async function createDatabase(url: string, { name, template }: Wanted): Promise<void> {
  const client = new Client({ connectionString: url, ssl: false });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
    if (rowCount !== 0) return;
    const like = template === undefined ? "" : ` template ${client.escapeIdentifier(template)} strategy file_copy`;
    await client.query(`create database ${client.escapeIdentifier(name)}${like}`);
  } finally {
    await client.end();
  }
}
