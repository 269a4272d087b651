import { ConnectError } from "@patchbay/core/errors";
import { z } from "zod";
import { finish } from "../channels/finish.ts";
import { name } from "../http/name.ts";
import { attempt, stepsOf } from "./attempt.ts";
import { procedure, router } from "./trpc.ts";

const text = z.string().max(4096);
const answers = z.record(name, text).default({});
const opening = z.object({
  provider: name,
  answers,
  /** The connection to be renewed in place. */
  reconnects: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
});
const resuming = z.object({ attempt, answers });
const watching = z.object({ attempt });
const finishing = z.object({
  /** Left out by a page that is itself the redirect URI and was told no provider. */
  provider: name.optional(),
  ticket: text.min(1),
  state: text.optional(),
  shop: z.string().max(255).optional(),
  /** The issuer that the return named, where the page is itself the redirect URI. */
  iss: text.optional(),
});

export const connect = router({
  /** Begins an attempt: the page sends the browser to `to`. */
  begin: procedure.input(opening).mutation(async ({ ctx: { calls, request, response }, input }) => {
    const caller = calls.callers.withBrowser(request, response);
    const begun = await calls.connect.begin(caller, input);
    return begun.type === "redirect" ? { type: begun.type, to: begun.to.href } : begun;
  }),
  /** Takes the next step of a walk that asks or shows a code. Without answers, tells where it stands. */
  resume: procedure
    .input(resuming)
    .mutation(({ ctx: { calls, request }, input }) => calls.connect.resume(calls.callers.caller(request), input)),
  /** Where a walk stands, whenever that changes, until it has led to a connection. Fails as `resume` does. */
  watch: procedure.input(watching).subscription(async function* watch({ ctx: { calls, request }, input, signal }) {
    const caller = calls.callers.caller(request);
    using _stream = calls.streams.open(await calls.connections.userOf(caller.session));
    // Ends with the stream, when whoever listened has gone, and with this process: the page asks another one then.
    const over = AbortSignal.any([calls.stopping, ...(signal ? [signal] : [])]);
    yield* stepsOf(calls.connect, { caller, attempt: input.attempt, over });
  }),
  /** Finishes it with what the page was told. Sent twice, it gives the same result twice. */
  finish: procedure.input(finishing).mutation(async ({ ctx: { calls, request }, input }) => {
    const caller = calls.callers.caller(request);
    const { ticket, state, shop, iss } = input;
    const posted = { ticket, state, iss, echo: shop === undefined ? {} : { shop } };
    if (input.provider === undefined && state === undefined) {
      throw new ConnectError("invalid_request", "neither provider nor state", { field: "provider" });
    }
    const provider = input.provider ?? (await calls.connect.providerOf(caller, state ?? ""));
    return await finish(calls, caller, { provider, posted });
  }),
});
