import type { RequestHandler } from "express";
import { z } from "zod";
import { maxTokenRequestBytes, readJsonBody } from "../http/body.ts";
import type { Services } from "../services.ts";

const opening = z.object({ token: z.string().min(1).max(100) });

/**
 * POST /api/v1/connect/open: the page opens a link of a product, by the token in its fragment. The browser gets the cookie of the
 * connect session; no other browser can open the link after that.
 */
export function createOpen({
  connectSessions,
  sessions,
}: Pick<Services, "connectSessions" | "sessions">): RequestHandler {
  return async (request, response) => {
    const { token } = opening.parse(await readJsonBody(request, maxTokenRequestBytes));
    const secret = await connectSessions.openLink(token, sessions.getConnectSession(request));
    if (secret !== undefined) sessions.setConnectSession(response, secret);
    response.json({ success: true });
  };
}
