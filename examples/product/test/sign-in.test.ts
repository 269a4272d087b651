import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, onTestFinished, test } from "vitest";
import { createSignIn, getUser, users } from "../src/sign-in.ts";

/** Runs the sign-in with a page behind it that says who is there. */
async function serve(): Promise<string> {
  const app = express();
  app.use(createSignIn());
  app.get("/", (_request, response) => response.send(getUser(response).id));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const signIn = async (origin: string, form: Record<string, string>) =>
  await fetch(`${origin}/sign-in`, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });

test("a page of the product is for users who are signed in, and leads others to the sign-in and back", async () => {
  const origin = await serve();
  const refused = await fetch(`${origin}/?notice=connected`, {
    redirect: "manual",
    headers: { cookie: "session=guess" },
  });
  expect(refused.headers.get("location")).toBe("/sign-in?next=%2F%3Fnotice%3Dconnected");
  const [user] = users;
  const signedIn = await signIn(origin, { user: user?.id ?? "", next: "/?notice=connected" });
  expect(signedIn.headers.get("location")).toBe("/?notice=connected");
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect(await (await fetch(origin, { headers: { cookie } })).text()).toBe(user?.id);
  await fetch(`${origin}/sign-out`, { method: "POST", redirect: "manual", headers: { cookie } });
  expect((await fetch(origin, { redirect: "manual", headers: { cookie } })).status).toBe(303);
});

test.each(["//evil.example", "https://evil.example", "/\\evil.example", ""])(
  "the sign-in does not lead to %j",
  async (next) => {
    const answer = await signIn(await serve(), { user: users[0]?.id ?? "", next });
    expect(answer.headers.get("location")).toBe("/");
  },
);
