import { type Request, type RequestHandler, Router } from "express";
import { z } from "zod";
import { parseJson } from "../http/messages.ts";
import { jsonOnly, sameOriginOnly } from "./guard.ts";
import { type ControlDeps, handlers } from "./handlers.ts";
import { InvalidRequest } from "./invalid-request.ts";
import {
  type Operation,
  type OperationHandler,
  type OperationHandlers,
  operations,
  telegramOperations,
} from "./operations.ts";
import { telegramHandlers, type TelegramControlDeps } from "./telegram.ts";

/** What the control API acts on. */
export interface ControlRouterDeps extends ControlDeps {
  /** Undefined if the sandbox plays no Telegram. */
  readonly telegram?: TelegramControlDeps | undefined;
}

/** Creates the control API under `/_/`. */
export function createControlRouter(deps: ControlRouterDeps): Router {
  const router = Router();
  router.use(sameOriginOnly, jsonOnly);
  addOperations(router, { table: operations, handlers, deps });
  if (deps.telegram)
    addOperations(router, { table: telegramOperations, handlers: telegramHandlers, deps: deps.telegram });
  router.use((_request, response) => void response.status(404).json({ message: "There is no such operation." }));
  return router;
}

interface OperationTable<Deps, Table> {
  readonly table: Table;
  readonly handlers: OperationHandlers<Deps, Table>;
  readonly deps: Deps;
}

function addOperations<Deps, Name extends string, Table extends Readonly<Record<Name, Operation>>>(
  router: Router,
  { table, handlers, deps }: OperationTable<Deps, Table>,
): void {
  for (const name of Object.keys(table) as Name[]) {
    const { method, path } = table[name];
    const listener = answerOperation(table[name], handlers[name], deps);
    if (method === "POST") router.post(`/${path}`, listener);
    else router.get(`/${path}`, listener);
  }
}

function answerOperation<Deps, Op extends Operation>(
  { method, input }: Op,
  handler: OperationHandler<Deps, Op>,
  deps: Deps,
): RequestHandler {
  return async (request, response) => {
    try {
      const parsed = input.parse(method === "POST" ? readBody(request) : request.query) as z.output<Op["input"]>;
      response.json(await handler(deps, parsed));
    } catch (error) {
      response.status(400).json({ message: describeError(error) });
    }
  };
}

const readBody = ({ body }: Pick<Request, "body">): unknown =>
  typeof body === "string" && body !== "" ? parseJson(body) : {};

function describeError(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  if (error instanceof InvalidRequest) return error.message;
  throw error;
}
