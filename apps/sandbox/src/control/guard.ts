import type { RequestHandler } from "express";

const ownNames = new Set(["127.0.0.1", "localhost"]);

const parseHostName = (host: string): string => URL.parse(`http://${host}`)?.hostname ?? "";

/** Refuses requests to another host name, so that a foreign name that points at this machine opens nothing. */
export const knownHostOnly: RequestHandler = (request, response, next) => {
  if (ownNames.has(parseHostName(request.get("host") ?? ""))) return next();
  response.status(421).json({ message: "The sandbox answers to 127.0.0.1 and localhost only." });
};

/** Refuses requests of pages of another origin. */
export const sameOriginOnly: RequestHandler = (request, response, next) => {
  const origin = request.get("origin");
  const own = `http://${request.get("host")}`;
  if (origin === undefined || origin === own) return next();
  response.status(403).json({ message: "The control API refuses requests of other origins." });
};

/** Refuses a POST that is not JSON. A form on a foreign page cannot send JSON. */
export const jsonOnly: RequestHandler = (request, response, next) => {
  const type = request.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (request.method !== "POST" || type === "application/json") return next();
  response.status(415).json({ message: "Send application/json." });
};
