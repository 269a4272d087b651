import { expect, test } from "vitest";
import { describeExposure } from "./exposure.ts";

const quiet = { allowedOrigins: [] as string[], databaseUrl: "postgres://patchbay@localhost/patchbay" };

const about = (host: string, publicUrl: string, trustProxy: number | string[]) =>
  describeExposure({ ...quiet, host, publicUrl: new URL(publicUrl), trustProxy });

const local = { ...quiet, host: "127.0.0.1", publicUrl: new URL("https://connect.example.com"), trustProxy: 1 };

test("https without a proxy that is believed is told", () => {
  expect(about("127.0.0.1", "https://connect.example.com", 0)).toEqual([expect.stringMatching(/^TRUST_PROXY is 0/)]);
});

test.each(["0.0.0.0", "::"])("a proxy that is believed at %s, where anybody may say the same, is told", (host) => {
  expect(about(host, "https://connect.example.com", 1)).toEqual([expect.stringContaining(`HOST is ${host}`)]);
});

test.each<[string, string, string, number | string[]]>([
  ["a proxy on this machine", "127.0.0.1", "https://connect.example.com", 1],
  ["proxies by their addresses", "0.0.0.0", "https://connect.example.com", ["10.0.0.0/8"]],
  ["no proxy, for this machine", "127.0.0.1", "http://localhost:3000", 0],
  ["no proxy, in a container", "0.0.0.0", "http://localhost:3000", 0],
])("%s is nothing to tell", (_what, ...place) => {
  expect(about(...place)).toEqual([]);
});

test.each(["https://app.example.org", "http://127.0.0.1:5173", "https://example.co", "http://app.localhost:5173"])(
  "an origin of another site, %s, is told to be unable to work",
  (origin) => {
    const said = describeExposure({ ...local, allowedOrigins: ["https://app.example.com", origin] });
    expect(said).toEqual([expect.stringMatching(/^ALLOWED_ORIGINS names .*SameSite/)]);
    expect(said[0]).toContain(origin);
  },
);

test("ports are of one site", () => {
  const publicUrl = new URL("http://localhost:3000");
  expect(describeExposure({ ...local, publicUrl, allowedOrigins: ["http://localhost:5173"] })).toEqual([]);
});

test.each([
  ["postgres://u:p@db.example.com/d", true],
  ["postgres://u:p@10.0.0.5:5432/d?sslmode=disable", true],
  ["postgres://u:p@db.example.com/d?sslmode=verify-full", false],
  ["postgres://u:p@db.example.com/d?sslmode=require&sslrootcert=/ca.pem", false],
  ["postgres://u:p@db.example.com/d?ssl=true", false],
  ["postgres://u:p@127.0.0.1:5432/d", false],
  ["postgres://u:p@localhost/d", false],
  ["postgres://u:p@/d?host=/cloudsql/x", false],
])("whether the way to %s is open to be read is told: %s", (databaseUrl, told) => {
  const said = describeExposure({ ...local, databaseUrl });
  expect(said).toEqual(told ? [expect.stringMatching(/^DATABASE_URL leads to another machine without/)] : []);
  expect(said.join()).not.toContain("u:p");
});

test("the owner's way to the database is looked at too, and named", () => {
  const said = describeExposure({ ...local, migrationUrl: "postgres://u:p@db.example.com/d" });
  expect(said).toEqual([expect.stringMatching(/^MIGRATION_DATABASE_URL leads to another machine without/)]);
});
