import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { liveEnvironment } from "../../test/harness/live.ts";
import { ConfigError, readConfig } from "./config.ts";

const key = () => randomBytes(32).toString("base64");

/** An environment as the sandbox's start makes it. */
function sandboxEnvironment(): Record<string, string> {
  return {
    DATABASE_URL: "postgres://patchbay@localhost/patchbay",
    AUTH_SECRET: randomBytes(32).toString("hex"),
    ENCRYPTION_KEYS: `k1:${key()}`,
    SANDBOX_URL: "http://127.0.0.1:4000",
    ZOOM_CLIENT_ID: "sandbox-zoom",
    ZOOM_CLIENT_SECRET: "not a real secret",
  };
}

type Changes = Record<string, string | undefined>;

function refusal(env: Record<string, string>, changes: Changes): string {
  try {
    readConfig({ ...env, ...changes });
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message;
    throw thrown;
  }
  return "accepted";
}

describe("a configuration that cannot be", () => {
  test.each<[Changes, string]>([
    [{ DATABASE_URL: undefined }, "DATABASE_URL: must be a postgres:// URL"],
    [{ DATABASE_URL: "mysql://localhost/x" }, "DATABASE_URL: must be a postgres:// URL"],
    ...["Patchbay", "pg_patchbay", "information_schema", "9lives", "a-b", "a.b", 'a"b', "a".repeat(51)].map(
      (DATABASE_SCHEMA): [Changes, string] => [{ DATABASE_SCHEMA }, "DATABASE_SCHEMA: must be a name of up to 50"],
    ),
    [{ AUTH_SECRET: "short" }, "AUTH_SECRET: must be at least 32 characters of random text"],
    [{ AUTH_SECRET: undefined }, "AUTH_SECRET: "],
    [{ ENCRYPTION_KEYS: undefined }, "ENCRYPTION_KEYS: "],
    [{ ENCRYPTION_KEYS: "" }, "ENCRYPTION_KEYS: "],
    [{ ENCRYPTION_KEYS: "k1:canary" }, "ENCRYPTION_KEYS: entry 1 must look like id:base64 with 32 bytes of key"],
    [{ PUBLIC_URL: "https://app.example.com/path" }, "PUBLIC_URL: must be an origin such as https://app.example.com"],
    [{ PUBLIC_URL: "https://user@app.example.com" }, "PUBLIC_URL: must be an origin such as https://app.example.com"],
    [{ PUBLIC_URL: "javascript:alert(1)" }, "PUBLIC_URL: must be an origin such as https://app.example.com"],
    [{ PUBLIC_URL: "http://app.example.com" }, "PUBLIC_URL: http://app.example.com must begin with https://"],
    [{ ALLOWED_ORIGINS: "*" }, "must be an origin such as https://app.example.com"],
    [{ ALLOWED_ORIGINS: "null" }, "must be an origin such as https://app.example.com"],
    [{ ALLOWED_ORIGINS: "https://*.example.com/x" }, "must be an origin such as https://app.example.com"],
    [
      { CONNECT_RETURN_URLS: "http://app.example.com/x" },
      "CONNECT_RETURN_URLS: http://app.example.com must begin with https://",
    ],
    [{ CONNECT_RETURN_URLS: "https://app.example.com/x?y" }, "CONNECT_RETURN_URLS.0: must be an address such as"],
    [{ CONNECT_RETURN_URLS: "https://a@app.example.com/x" }, "CONNECT_RETURN_URLS.0: must be an address such as"],
    [{ APP_NAME: "A".repeat(61) }, "APP_NAME: must be a name of up to 60 characters"],
    [{ APP_NAME: "Ac\u202Eme" }, "APP_NAME: must be a name of up to 60 characters"],
    [{ ALLOWED_ORIGINS: "http://friend.example" }, "ALLOWED_ORIGINS: http://friend.example must begin with https://"],
    [{ HOST: "app.example.com" }, "HOST: must be an IP address: 127.0.0.1 for this machine alone"],
    [{ HOST: "adas-laptop" }, "Some shells export HOST as the machine's name"],
    [{ KEEP_ALIVE_SECONDS: "0" }, "KEEP_ALIVE_SECONDS: "],
    [{ PORT: "0" }, "PORT: "],
    [{ PORT: "99999" }, "PORT: "],
    [{ SIGN_UP: "yes" }, "SIGN_UP: "],
    ...["-1", "11", "true", "all", "10.0.0.0/8/8", "10.0.0.0/x", "app.example.com"].map((text): [Changes, string] => [
      { TRUST_PROXY: text },
      "TRUST_PROXY: must be a number up to 10, or addresses such as 10.0.0.0/8",
    ]),
    [{ SERVICE_KEYS: "canary" }, "SERVICE_KEYS: entry 1 must look like [application.]name:sha256hex[:provider"],
    [
      { SERVICE_KEYS: `crm:${"0".repeat(64)},billing:${"1".repeat(64)}:canary` },
      "SERVICE_KEYS: entry 2 names a provider other than calendly, paypal, shopify, stripe, zoom, telegram",
    ],
    [{ SERVICE_CALLS_PER_MINUTE: "0" }, "SERVICE_CALLS_PER_MINUTE: "],
    [{ PAYPAL_ENVIRONMENT: "test" }, 'PAYPAL_ENVIRONMENT: must be "live" or "sandbox"'],
    [
      { PAYPAL_REDIRECT_URI: "https://evil.example/" },
      "PAYPAL_REDIRECT_URI: must be https://app.example.com/api/v1/channels/paypal/connect or https://app.example.com/integrations",
    ],
    [
      { ZOOM_REDIRECT_URI: "https://app.example.com/integrations" },
      "ZOOM_REDIRECT_URI: must be https://app.example.com/api/v1/channels/zoom/callback",
    ],
    [
      { CALENDLY_REDIRECT_URI: "https://app.example.com/api/v1/channels/zoom/callback" },
      "CALENDLY_REDIRECT_URI: must be https://app.example.com/api/v1/channels/calendly/callback",
    ],
  ])("a configuration %j is refused, and the line says why", (changes, line) => {
    expect(refusal(liveEnvironment(), changes)).toContain(`\n  ${line.includes(": ") ? line : ""}`);
    expect(refusal(liveEnvironment(), changes)).toContain(line);
  });

  test.each<[Changes, string]>([
    [{ SIGNUP: "closed" }, "SIGNUP: there is no such variable; SIGN_UP is probably meant"],
    [{ SERVICE_KEY: "x" }, "SERVICE_KEY: there is no such variable; SERVICE_KEYS is probably meant"],
    [{ ENCRYPTION_KEY: "x" }, "ENCRYPTION_KEY: there is no such variable; ENCRYPTION_KEYS is probably meant"],
    [{ TRUSTED_PROXY: "1" }, "accepted"],
    [{ TRUST_PROXIES: "1" }, "TRUST_PROXIES: there is no such variable; TRUST_PROXY is probably meant"],
    [{ ALOWED_ORIGINS: "x" }, "ALOWED_ORIGINS: there is no such variable; ALLOWED_ORIGINS is probably meant"],
    [{ LOGLEVEL: "x" }, "LOGLEVEL: there is no such variable; LOG_LEVEL is probably meant"],
    [{ log_level: "x" }, "log_level: there is no such variable; LOG_LEVEL is probably meant"],
    [
      { ZOOM_WEBHOOK_SERCET: "x" },
      "ZOOM_WEBHOOK_SERCET: there is no such variable; ZOOM_WEBHOOK_SECRET is probably meant",
    ],
    [
      { STRIPE_CLIENT_SECRET: "x", STRIPE_SECRET_KEY: undefined },
      "STRIPE_CLIENT_SECRET: there is no such variable; STRIPE_SECRET_KEY is probably meant",
    ],
  ])("a configuration with the name in %j is told what is meant: %s", (changes, line) => {
    expect(refusal(liveEnvironment(), changes)).toContain(line);
  });

  test("names that other software exports are no settings of ours", () => {
    const others = {
      HOSTNAME: "x",
      HOSTS: "x",
      host: "x",
      PORTS: "x",
      WORKER: "1",
      DATABASE_URI: "x",
      DATABASE_URL_UNPOOLED: "x",
      STRIPE_API_KEY: "x",
      STRIPE_DEVICE_NAME: "x",
      SHOPIFY_CLI_PARTNERS_TOKEN: "x",
      TELEGRAM_BOT_TOKEN: "x",
      WEB_CONCURRENCY: "x",
      SECRET_KEY: "x",
      NODE_OPTIONS: "x",
    };
    expect(refusal(liveEnvironment(), others)).toBe("accepted");
  });

  test("a configuration without an address is refused in production, and on a machine of one's own is not", () => {
    expect(refusal(liveEnvironment(), { PUBLIC_URL: "" })).toContain("PUBLIC_URL: must be an origin such as");
    expect(refusal(liveEnvironment(), { PUBLIC_URL: undefined, NODE_ENV: undefined })).toBe("accepted");
  });

  test("a name of this machine alone is no wrong configuration", () => {
    expect(refusal(liveEnvironment(), { PUBLIC_URL: "http://connect.localhost:3000" })).toBe("accepted");
    expect(refusal(liveEnvironment(), { PUBLIC_URL: "http://notlocalhost" })).toContain("must begin with https://");
  });

  test("a configuration says of every value in plain words what is expected", () => {
    const names =
      "HOST PORT KEEP_ALIVE_SECONDS PUBLIC_URL ALLOWED_ORIGINS CONNECT_RETURN_URLS TRUST_PROXY SIGN_UP DATABASE_URL AUTH_SECRET";
    const more = "ENCRYPTION_KEYS SERVICE_KEYS SERVICE_CALLS_PER_MINUTE SANDBOX_URL WORKERS LOG_LEVEL";
    for (const name of `${names} ${more}`.split(" ")) {
      const said = refusal(liveEnvironment(), { [name]: "canary" });
      expect(said).toMatch(new RegExp(`\\n  ${name}[^:]*: (must|entry)`));
      expect(said).not.toMatch(/canary|invalid|expected|received/i);
    }
    for (const name of ["AUTH_SECRET", "ENCRYPTION_KEYS"]) {
      expect(refusal(liveEnvironment(), { [name]: undefined })).toMatch(/ake (it|one) with {2}.*openssl rand/);
    }
    expect(refusal(liveEnvironment(), { SERVICE_KEYS: "x" })).toContain("openssl dgst -sha256 -r");
  });

  test("all that is wrong with a configuration is told in one list, and no secret is quoted", () => {
    const said = refusal(liveEnvironment(), {
      AUTH_SECRET: "canary",
      ENCRYPTION_KEYS: "k1:canary",
      SERVICE_KEYS: "canary",
      PORT: "x",
    });
    expect(said.split("\n").length).toBe(5);
    expect(said).not.toContain("canary");
  });
});

test.each([
  ["2", 2],
  ["loopback, 10.0.0.0/8", ["loopback", "10.0.0.0/8"]],
  ["2001:db8::1", ["2001:db8::1"]],
])("TRUST_PROXY may be %s", (text, trusted) => {
  expect(readConfig({ ...liveEnvironment(), TRUST_PROXY: text }).trustProxy).toEqual(trusted);
});

test("service keys are none by default, and read with their providers", () => {
  expect(readConfig(liveEnvironment())).toMatchObject({ serviceKeys: [], serviceCallsPerMinute: 60_000 });
  const { serviceKeys } = readConfig({ ...liveEnvironment(), SERVICE_KEYS: `crm:${"0".repeat(64)}:telegram+zoom,` });
  expect(serviceKeys).toMatchObject([{ name: "crm", providers: new Set(["telegram", "zoom"]) }]);
});

describe("the sandbox", () => {
  test("the sandbox is accepted on this machine with its own clients", () => {
    expect(readConfig(sandboxEnvironment()).sandboxUrl).toBe("http://127.0.0.1:4000");
    expect(refusal(sandboxEnvironment(), { PUBLIC_URL: "http://localhost:5173" })).toBe("accepted");
  });

  test.each<[Changes, string]>([
    [{ NODE_ENV: "production" }, "SANDBOX_URL: not together with NODE_ENV=production"],
    [{ PUBLIC_URL: "https://app.example.com" }, "SANDBOX_URL: not together with a PUBLIC_URL that others can reach"],
    [
      { PUBLIC_URL: "https://localhost.example.com" },
      "SANDBOX_URL: not together with a PUBLIC_URL that others can reach",
    ],
    [
      { PUBLIC_URL: "https://127.0.0.1.example.com" },
      "SANDBOX_URL: not together with a PUBLIC_URL that others can reach",
    ],
    [{ SANDBOX_URL: "http://sandbox.example" }, "SANDBOX_URL: must be on this machine (127.0.0.1)"],
    [{ SANDBOX_URL: "http://169.254.169.254" }, "SANDBOX_URL: must be on this machine (127.0.0.1)"],
    [{ SANDBOX_URL: "http://127.0.0.1:4000/x" }, "SANDBOX_URL: must be an origin"],
    [{ ZOOM_CLIENT_ID: "live-zoom" }, "ZOOM_CLIENT_ID: a real client id, which must not be used with SANDBOX_URL"],
  ])("the sandbox with %j is refused, and the line says why", (changes, line) => {
    expect(refusal(sandboxEnvironment(), changes)).toContain(`\n  ${line}`);
  });

  test.each(["CALENDLY", "PAYPAL", "SHOPIFY", "STRIPE", "ZOOM"])(
    "the sandbox beside a real client of %s is refused",
    (name) => {
      const secret = name === "STRIPE" ? "STRIPE_SECRET_KEY" : `${name}_CLIENT_SECRET`;
      const said = refusal(sandboxEnvironment(), { [`${name}_CLIENT_ID`]: "live-id", [secret]: "not a real secret" });
      expect(said).toContain(`${name}_CLIENT_ID: a real client id`);
    },
  );
});

function modes(changes: Changes) {
  const { clients } = readConfig({ ...liveEnvironment(), ...changes }).providers;
  return [clients["stripe"]?.mode, clients["paypal"]?.mode];
}

describe("a provider", () => {
  test.each([
    ["CALENDLY_CLIENT_SECRET", "calendly"],
    ["PAYPAL_CLIENT_ID", "paypal"],
    ["SHOPIFY_CLIENT_SECRET", "shopify"],
    ["STRIPE_SECRET_KEY", "stripe"],
    ["ZOOM_CLIENT_ID", "zoom"],
  ])("90. a provider without %s is not configured, says what it lacks, and the others are", (name, id) => {
    for (const value of [undefined, ""]) {
      const { providers } = readConfig({ ...liveEnvironment(), [name]: value });
      expect(providers.missing).toEqual({ [id]: [name] });
      expect(Object.keys(providers.clients)).toHaveLength(4);
      expect(providers.clients).not.toHaveProperty(id);
    }
  });

  test.each([
    [{ TELEGRAM_API_HASH: undefined }, { telegram: ["TELEGRAM_API_HASH"] }],
    [{ TELEGRAM_API_ID: "" }, { telegram: ["TELEGRAM_API_ID"] }],
  ])("90. Telegram without its registration is not configured either", (changes, missing) => {
    const { providers } = readConfig({ ...liveEnvironment(), ...changes });
    expect(providers.missing).toEqual(missing);
    expect(providers.telegram).toBeUndefined();
  });

  test.each([
    [{ TELEGRAM_API_ID: "x" }, "TELEGRAM_API_ID: must be a number"],
    [{ TELEGRAM_API_HASH: "x" }, "TELEGRAM_API_HASH: must be 32 hexadecimal digits"],
    [{ TELEGRAM_PROXY: "http://127.0.0.1:1" }, "TELEGRAM_PROXY: must look like socks5://host:port"],
    [{ TELEGRAM_PROXY: "socks5://ada:pass@word@127.0.0.1:1" }, "TELEGRAM_PROXY: must look like socks5://host:port"],
    [{ TELEGRAM_PROXY: "socks5://ada:100%@127.0.0.1:1" }, "TELEGRAM_PROXY: must look like socks5://host:port"],
    [{ TELEGRAM_SERVER_KEYS: "-----BEGIN PUBLIC KEY-----" }, "TELEGRAM_SERVER_KEYS: only together with SANDBOX_URL"],
  ])("90. a provider with %j is refused, and the line says why", (changes, line) => {
    expect(refusal(liveEnvironment(), changes)).toContain(`\n  ${line}`);
  });

  // Written apart, so that nobody's scanner takes them for keys.
  const [publishable, secretKey] = [["pk", "live", "x"].join("_"), ["sk", "live", "x"].join("_")];
  const [letter, rest] = ["A", "b".repeat(79)];

  test.each<[Changes, string]>([
    [{ STRIPE_SECRET_KEY: publishable }, "STRIPE_SECRET_KEY: is a publishable key (pk_…)"],
    [
      { STRIPE_SECRET_KEY: "ca_x", STRIPE_CLIENT_ID: secretKey },
      "STRIPE_CLIENT_ID: must be the client id of Connect's settings",
    ],
    [{ STRIPE_WEBHOOK_SECRET: "we_123456789" }, "STRIPE_WEBHOOK_SECRET: must be the endpoint's signing secret"],
    [{ SHOPIFY_SCOPES: "read products" }, "SHOPIFY_SCOPES: must be scopes such as read_products,write_orders"],
    [{ SHOPIFY_SCOPES: "Read_Products" }, "SHOPIFY_SCOPES: must be scopes such as read_products,write_orders"],
    [{ CALENDLY_SCOPES: "users" }, "CALENDLY_SCOPES: must be scopes such as users:read,event_types:read"],
    [{ PAYPAL_SCOPES: "openid,name" }, "PAYPAL_SCOPES: must be scopes such as openid,email"],
    [
      { ZOOM_SCOPES: "user:read:user;meeting:read" },
      "ZOOM_SCOPES: must be scopes such as user:read:user,meeting:read:meeting",
    ],
    [{ SHOPIFY_CLIENT_ID: "shpss_x" }, "SHOPIFY_CLIENT_ID: must be the client id"],
    [{ SHOPIFY_CLIENT_SECRET: "shpat_x" }, "SHOPIFY_CLIENT_SECRET: must be the client secret; this is an access token"],
    [{ PAYPAL_CLIENT_ID: `E${rest}` }, "PAYPAL_CLIENT_ID: must be the client id; this is the secret"],
    [{ PAYPAL_CLIENT_SECRET: `${letter}${rest}` }, "PAYPAL_CLIENT_SECRET: must be the secret; this is the client id"],
    [{ ZOOM_CLIENT_ID: "z".repeat(32) }, "ZOOM_CLIENT_ID: must be the client id, of 22 characters"],
    [{ ZOOM_CLIENT_ID: "live zoom" }, "ZOOM_CLIENT_ID: has a space"],
    [{ CALENDLY_CLIENT_SECRET: '"quoted"' }, "CALENDLY_CLIENT_SECRET: has a space, a line break or quotes"],
    [
      { CALENDLY_CLIENT_ID: "same", CALENDLY_CLIENT_SECRET: "same" },
      "CALENDLY_CLIENT_SECRET: is the same as CALENDLY_CLIENT_ID",
    ],
  ])("90. a provider whose value is plainly another one of theirs is refused: %#", (changes, line) => {
    const said = refusal(liveEnvironment(), changes);
    expect(said).toContain(`\n  ${line}`);
    for (const value of Object.values(changes)) if ((value?.length ?? 0) > 5) expect(said).not.toContain(value);
  });

  test("90. Telegram may be reached through a proxy that asks for a password", () => {
    for (const proxy of [
      "socks5://proxy.example:1080",
      "socks5://ada:p%40ss@proxy.example:1080",
      "socks5://[::1]:1080",
    ])
      expect(readConfig({ ...liveEnvironment(), TELEGRAM_PROXY: proxy }).providers.telegram?.proxy).toBe(proxy);
  });

  test("90. a proxy that is refused is told without its password", () => {
    expect(refusal(liveEnvironment(), { TELEGRAM_PROXY: "socks5://ada:canary@" })).not.toContain("canary");
  });

  test("90. Telegram of the sandbox is not reached halfway: a login could end at Telegram itself", () => {
    const changes = { TELEGRAM_API_ID: "1", TELEGRAM_API_HASH: "0".repeat(32), TELEGRAM_PROXY: "socks5://127.0.0.1:1" };
    expect(refusal(sandboxEnvironment(), changes)).toContain("both are needed together with SANDBOX_URL");
  });

  test("90. a provider has the mode that its key or its environment says", () => {
    // Written apart, so that nobody's scanner takes them for keys.
    expect(modes({ STRIPE_SECRET_KEY: ["sk", "live", "x"].join("_") })).toEqual(["live", "live"]);
    expect(modes({ STRIPE_SECRET_KEY: ["rk", "live", "x"].join("_") })).toEqual(["live", "live"]);
    expect(modes({ STRIPE_SECRET_KEY: ["sk", "test", "x"].join("_"), PAYPAL_ENVIRONMENT: "sandbox" })).toEqual([
      "test",
      "sandbox",
    ]);
  });

  test("90. a provider returns to us; PayPal and Stripe to the page, where that is chosen", () => {
    const page = "https://app.example.com/integrations";
    const { clients } = readConfig({
      ...liveEnvironment(),
      STRIPE_REDIRECT_URI: page,
      PAYPAL_REDIRECT_URI: page,
    }).providers;
    expect(Object.fromEntries(Object.entries(clients).map(([id, client]) => [id, client?.redirectUri]))).toEqual({
      calendly: "https://app.example.com/api/v1/channels/calendly/callback",
      paypal: page,
      shopify: "https://app.example.com/api/v1/channels/shopify/callback",
      stripe: page,
      zoom: "https://app.example.com/api/v1/channels/zoom/callback",
    });
  });
});
