import { createHmac } from "node:crypto";
import { Client } from "pg";

/** The URL of the same database for a role that is less than its owner. Its password says nothing of the owner's. */
function asRole(ownerUrl: string, name: string): string {
  const url = new URL(ownerUrl);
  url.password = createHmac("sha256", decodeURIComponent(url.password)).update(name).digest("base64url");
  url.username = name;
  return url.href;
}

type Address = (database: string) => string;

/** Makes a role that may log in and no more, where there is none of the name. Gives its addresses in place of the owner's. */
export async function createRole(owner: Address, name: string): Promise<Address> {
  const ownerUrl = owner("postgres");
  const password = new URL(asRole(ownerUrl, name)).password;
  const client = new Client({ connectionString: ownerUrl, ssl: false });
  await client.connect();
  try {
    const role = client.escapeIdentifier(name);
    const { rowCount } = await client.query("select from pg_roles where rolname = $1", [name]);
    const verb = rowCount === 0 ? "create" : "alter";
    await client.query(`${verb} role ${role} login nosuperuser password ${client.escapeLiteral(password)}`);
  } finally {
    await client.end();
  }
  return (database) => asRole(owner(database), name);
}
