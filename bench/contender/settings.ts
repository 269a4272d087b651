/** What the bench tells a contender. */
function need(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

export const port = Number(need("PORT"));
export const databaseUrl = need("DATABASE_URL");
export const providerUrl = need("PROVIDER_URL");
export const secret = need("SECRET");
export const publicUrl = need("PUBLIC_URL");
