type Given = Readonly<Record<string, string | undefined>>;
type Rule = readonly [name: string, wrong: RegExp, says: string];

/** Values that are plainly another one of the same provider's. What merely looks unusual is left to the provider. */
const rules: readonly Rule[] = [
  ["STRIPE_SECRET_KEY", /^pk_/, "is a publishable key (pk_…): the secret key begins with sk_ or rk_"],
  ["STRIPE_SECRET_KEY", /^(?:ca|whsec|acct|we)_/, "must be the secret key, which begins with sk_ or rk_"],
  [
    "STRIPE_CLIENT_ID",
    /^(?:[spr]k|whsec|acct|we)_/,
    "must be the client id of Connect's settings, which begins with ca_",
  ],
  [
    "STRIPE_WEBHOOK_SECRET",
    /(?:^|,)\s*(?:[spr]k|ca|we)_/,
    "must be the endpoint's signing secret, which begins with whsec_",
  ],
  ["SHOPIFY_CLIENT_ID", /^shp[a-z]{2}_/, "must be the client id, of 32 hexadecimal digits; this is a secret"],
  ["SHOPIFY_CLIENT_SECRET", /^shp(?:at|ca|pa|ua)_/, "must be the client secret; this is an access token"],
  ["PAYPAL_CLIENT_ID", /^E[\w-]{79}$/, "must be the client id; this is the secret"],
  ["PAYPAL_CLIENT_SECRET", /^A[\w-]{79}$/, "must be the secret; this is the client id"],
  ["ZOOM_CLIENT_ID", /^[\w-]{32}$/, "must be the client id, of 22 characters; this is the secret"],
  ["ZOOM_CLIENT_SECRET", /^[\w-]{22}$/, "must be the client secret, of 32 characters; this is the client id"],
];

const broken = "has a space, a line break or quotes around it that are not its own: copy it again";

/** What cannot be right of the providers' values, by all of their names: a line each. None of them is quoted. */
export function wrongShapes(given: Given, names: readonly string[]): string[] {
  const wrong = rules
    .filter(([name, shape]) => shape.test(given[name] ?? ""))
    .map(([name, , says]) => `${name}: ${says}`);
  for (const name of names) {
    if (isBroken(name, given[name] ?? "")) wrong.push(`${name}: ${broken}`);
  }
  for (const [name, value] of Object.entries(given)) {
    const secret = name.replace(/_CLIENT_ID$/, "_CLIENT_SECRET");
    if (secret !== name && value === given[secret]) wrong.push(`${secret}: is the same as ${name}`);
  }
  return wrong;
}

const copied = /_(?:ID|SECRET|KEY|HASH)$/;

function isBroken(name: string, value: string): boolean {
  if (!copied.test(name)) return false;
  const inside = name.endsWith("_ID") ? /\s/ : /[\r\n]/;
  return value !== value.trim() || inside.test(value) || /^(["'`]).*\1$/s.test(value);
}
