// The product's own users and their sessions, in memory. A real product has its own way to sign in; Patchbay does not care which.
import { randomBytes } from "node:crypto";
import express, { Router, type Request, type Response } from "express";
import { signInPage } from "./page.ts";

/** A user of this product, by its own id. */
export interface User {
  id: string;
  name: string;
  email: string;
}

export const users: readonly User[] = [
  { id: "usr_ada", name: "Ada Lovelace", email: "ada@acme.example" },
  { id: "usr_ben", name: "Ben Okri", email: "ben@acme.example" },
];

/** Signs users in, and sends everybody else to the sign-in page. */
export function createSignIn(): Router {
  const sessions = new Map<string, User>();
  const router = Router();
  router.use(express.urlencoded());
  router.get("/sign-in", (request, response) => {
    response.send(signInPage({ users, next: localPath(request.query["next"]) }));
  });
  router.post(
    "/sign-in",
    (request: Request<object, unknown, { user?: string; next?: string } | undefined>, response) => {
      const user = users.find(({ id }) => id === request.body?.user);
      if (user === undefined) return response.redirect(303, "/sign-in");
      const session = randomBytes(32).toString("base64url");
      sessions.set(session, user);
      response.cookie("session", session, { httpOnly: true, sameSite: "lax" });
      response.redirect(303, localPath(request.body?.next));
    },
  );
  router.post("/sign-out", (request, response) => {
    sessions.delete(readCookie(request));
    response.clearCookie("session").redirect(303, "/sign-in");
  });
  router.use((request, response, next) => {
    const user = sessions.get(readCookie(request));
    if (user === undefined) return response.redirect(303, `/sign-in?next=${encodeURIComponent(request.originalUrl)}`);
    response.locals["user"] = user;
    next();
  });
  return router;
}

/** The user who is signed in in the browser that sent the request. */
export function getUser(response: Response): User {
  return response.locals["user"] as User;
}

function readCookie(request: Request): string {
  return /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
}

/** A path of this product: never an address elsewhere. */
function localPath(text: unknown): string {
  return typeof text === "string" && /^\/(?![/\\])/.test(text) ? text : "/";
}
