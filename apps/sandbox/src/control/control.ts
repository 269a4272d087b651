import { type RequestHandler, Router } from "express";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Door } from "../door.ts";
import type { Face } from "../face.ts";
import { faultSchema } from "../faults.ts";
import { patchSchema } from "../patch.ts";
import { parseJson } from "../wire.ts";
import type { Outbox } from "../webhooks/outbox.ts";
import { able, named } from "./faces.ts";
import { jsonOnly, sameOriginOnly } from "./guard.ts";
import { Misused } from "./misused.ts";
import { telegramActions, type TelegramControl, telegramViews } from "./telegram.ts";
import { emit, remove, sign, subscriptions } from "./webhooks.ts";

export interface Control extends Door {
  readonly clock: Clock;
  readonly outbox: Outbox;
  /** Absent where Telegram is not played. */
  readonly telegram?: TelegramControl | undefined;
}

/** What a name under `/_/` does with the body posted, or the query of a GET. */
type Action = (control: Control, input: unknown) => object | Promise<object>;

const clockSchema = z.union([
  z.strictObject({ advanceMs: z.number() }),
  z.strictObject({ set: z.union([z.number(), z.iso.datetime({ offset: true })]) }),
]);
const grantsSchema = z.object({ provider: z.string().optional() });
const mintSchema = z.strictObject({
  provider: z.string(),
  count: z.number().int().min(1).max(100_000),
  prefix: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default("load"),
  scope: z.string().optional(),
});
const mendSchema = z.strictObject({ host: z.string() });
const setSchema = z.looseObject({ provider: z.string(), person: z.string().optional() });

const actions: Readonly<Record<string, Action>> = {
  fail: ({ faults }, body) => {
    faults.order(faultSchema.parse(body));
    return { pending: faults.pending() };
  },
  mend: ({ faults }, body) => {
    faults.clear(mendSchema.parse(body).host);
    return { pending: faults.pending() };
  },
  reset: ({ faces, faults, ledger, refreshes, outbox, clock }) => {
    outbox.reset();
    for (const face of faces) forget(face);
    for (const book of [faults, ledger, refreshes]) book.clear();
    clock.reset();
    return { reset: true };
  },
  clock: ({ clock }, body) => {
    const wanted = clockSchema.parse(body);
    if ("advanceMs" in wanted) clock.advance(wanted.advanceMs);
    else clock.set(new Date(wanted.set).getTime());
    return { now: new Date(clock.now()).toISOString() };
  },
  set: ({ faces }, body) => {
    const { provider, person, ...fields } = setSchema.parse(body);
    return alter(named(faces, provider), person, fields);
  },
  mint: ({ faces }, body) => {
    const { provider, ...wanted } = mintSchema.parse(body);
    const face = named(faces, provider);
    return able(face, face.mint)(wanted);
  },
  emit,
  sign,
  remove,
};

function forget(face: Face): void {
  face.grants.clear();
  face.people.reset();
  face.switches.reset();
  face.subscriptions?.clear();
}

/** Fields are replaced, null removes; with a person it is their record, without one it is the provider's switches. */
function alter(face: Face, person: string | undefined, fields: Record<string, unknown>): object {
  if (person === undefined) {
    face.switches.set(fields);
    return face.switches.current();
  }
  if (!face.people.set(person, fields)) throw new Misused(`${face.title} has no person "${person}".`);
  return face.people.find(person) ?? {};
}

const byProvider = (faces: readonly Face[], read: (face: Face) => unknown): object =>
  Object.fromEntries(faces.map((face) => [face.id, read(face)]));

const views: Readonly<Record<string, Action>> = {
  people: ({ faces }) => byProvider(faces, (face) => face.people.all()),
  apps: ({ faces }) => byProvider(faces, (face) => face.app),
  calls: ({ ledger }) => ledger.report(),
  refreshes: ({ refreshes }) => refreshes.report(),
  deliveries: ({ outbox }) => outbox.attempts(),
  subscriptions,
  grants: ({ faces }, query) => {
    const { provider } = grantsSchema.parse(query);
    const chosen = provider === undefined ? faces : [named(faces, provider)];
    return chosen.flatMap((face) => face.grants.live().map((grant) => ({ provider: face.id, ...grant })));
  },
};

function complaint(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  if (error instanceof Misused) return error.message;
  throw error;
}

const bodyOf = ({ body }: { readonly body?: unknown }): unknown =>
  typeof body === "string" && body !== "" ? parseJson(body) : {};

type Actions<Subject> = Readonly<Record<string, (subject: Subject, input: unknown) => object | Promise<object>>>;

function answering<Subject>(
  subject: Subject,
  { actions, views }: Record<"actions" | "views", Actions<Subject>>,
): RequestHandler<{ name: string }> {
  return async (request, response, next) => {
    const isPost = request.method === "POST";
    const action = (isPost ? actions : views)[request.params.name];
    if (action === undefined) return next();
    try {
      response.json(await action(subject, patchSchema.parse(isPost ? bodyOf(request) : request.query)));
    } catch (error) {
      response.status(400).json({ message: complaint(error) });
    }
  };
}

/** Everything under `/_/`: makes the providers fail, tells what was called, and lets time pass. */
export function controlDoor(control: Control): Router {
  const router = Router();
  router.use(sameOriginOnly, jsonOnly);
  router.all("/:name", answering(control, { actions, views }));
  if (control.telegram)
    router.all("/telegram/:name", answering(control.telegram, { actions: telegramActions, views: telegramViews }));
  router.use((_request, response) => void response.status(404).json({ message: "There is no such control." }));
  return router;
}
