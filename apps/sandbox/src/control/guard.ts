import type { RequestHandler } from "express";

const names = new Set(["127.0.0.1", "localhost"]);

const nameOf = (host: string): string => URL.parse(`http://${host}`)?.hostname ?? "";

/** Answers to its own names only, so that a foreign name pointed at this machine opens nothing. */
export const knownHostOnly: RequestHandler = (request, response, next) => {
  if (names.has(nameOf(request.get("host") ?? ""))) return next();
  response.status(421).json({ message: "The sandbox answers to 127.0.0.1 and localhost only." });
};

/** No page of another origin reaches the control door. */
export const sameOriginOnly: RequestHandler = (request, response, next) => {
  const origin = request.get("origin");
  const own = `http://${request.get("host")}`;
  if (origin === undefined || origin === own) return next();
  response.status(403).json({ message: "The control door is closed to other origins." });
};

/** A JSON body cannot be sent by a form on a foreign page. */
export const jsonOnly: RequestHandler = (request, response, next) => {
  const type = request.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (request.method !== "POST" || type === "application/json") return next();
  response.status(415).json({ message: "Send application/json." });
};
