import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { RequestHandler } from "express";
import type { Log } from "../log.ts";
import { sendThrown } from "../http/failures.ts";
import { privateHeaders } from "../http/quiet.ts";
import { logRequest } from "../http/request-log.ts";

/** Takes a request that is wholly usual, and gives the work that answers it. Undefined: it is not, and Express has it. */
export type Lane = (request: IncomingMessage, url: string) => ((response: ServerResponse) => Promise<void>) | undefined;

export interface LaneParts {
  lanes: readonly Lane[];
  /** Sets the headers that every answer has. */
  securityHeaders: RequestHandler;
  log: Log;
  /** Everything else. */
  app: RequestListener;
}

/**
 * The few requests that come all day, past Express: it costs several times what they do (docs/bench.md). A lane takes what is
 * exactly as our own clients send it; anything else, and every refusal that depends on where a request comes from, is
 * Express's, so that there is one place for each rule. The answers are the same on both ways.
 */
export function createLanes({ lanes, securityHeaders, log, app }: LaneParts): RequestListener {
  const headers = new Map([...headersOf(securityHeaders), ...Object.entries(privateHeaders), ["Vary", "Origin"]]);
  return (request, response) => {
    const { url = "" } = request;
    for (const lane of lanes) {
      const work = lane(request, url);
      if (work === undefined) continue;
      const id = logRequest(log, request, response);
      response.setHeaders(headers);
      work(response).catch((thrown: unknown) => fail(response, thrown, { log, id }));
      return;
    }
    app(request, response);
  };
}

function fail(response: ServerResponse, thrown: unknown, about: { log: Log; id: string }): void {
  if (response.headersSent) response.destroy();
  else sendThrown(response, thrown, about);
}

/** What a middleware sets that looks at nothing. */
function headersOf(middleware: RequestHandler): [string, string][] {
  const set: [string, string][] = [];
  const response = { setHeader: (name: string, value: string) => set.push([name, value]), removeHeader: () => {} };
  void middleware({} as Parameters<RequestHandler>[0], response as unknown as Parameters<RequestHandler>[1], () => {});
  return set;
}
