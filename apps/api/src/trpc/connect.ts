import { ConnectError } from "@patchbay/core/errors";
import { z } from "zod";
import { finish } from "../channels/finish.ts";
import { identifier } from "../http/name.ts";
import { connectionId } from "../http/schemas.ts";
import { attempt, watchSteps } from "./watch-steps.ts";
import { procedure, router } from "./trpc.ts";

const text = z.string().max(4096);
const values = z.record(identifier, text).default({});
const beginning = z.object({
  provider: identifier,
  values,
  /** The connection to be renewed in place. */
  reconnectConnectionId: connectionId.optional(),
});
const resuming = z.object({ attempt, values });
const watching = z.object({ attempt });
const finishing = z.object({
  /** Left out by a page that is itself the redirect URI and was told no provider. */
  provider: identifier.optional(),
  ticket: text.min(1),
  state: text.optional(),
  shop: z.string().max(255).optional(),
  /** The issuer that the return named, where the page is itself the redirect URI. */
  iss: text.optional(),
});

export const connect = router({
  /** Begins an attempt: the page sends the browser to `to`. */
  begin: procedure.input(beginning).mutation(async ({ ctx: { calls, request, response }, input }) => {
    const caller = calls.sessions.requireWithBrowser(request, response);
    const begun = await calls.connect.begin(caller, input);
    return begun.type === "redirect" ? { type: begun.type, to: begun.to.href } : begun;
  }),
  /** Takes the next step of a walk that asks or shows a code. Without answers, tells where it stands. */
  resume: procedure
    .input(resuming)
    .mutation(({ ctx: { calls, request }, input }) => calls.connect.resume(calls.sessions.require(request), input)),
  /** Where a walk stands, whenever that changes, until it has led to a connection. Fails as `resume` does. */
  watch: procedure.input(watching).subscription(async function* watch({ ctx: { calls, request }, input, signal }) {
    const caller = calls.sessions.require(request);
    using _stream = calls.streams.open(await calls.connections.userOf(caller.session));
    // Ends with the stream, when whoever listened has gone, and with this process: the page asks another one then.
    const over = AbortSignal.any([calls.stopping, ...(signal ? [signal] : [])]);
    yield* watchSteps(calls.connect, { caller, attemptId: input.attempt, over });
  }),
  /** Finishes it with what the page was told. Sent twice, it gives the same result twice. */
  finish: procedure.input(finishing).mutation(async ({ ctx: { calls, request }, input }) => {
    const caller = calls.sessions.require(request);
    const { ticket, state, shop, iss } = input;
    const posted = { ticket, state, iss, echo: shop === undefined ? {} : { shop } };
    if (input.provider === undefined && state === undefined) {
      throw new ConnectError("invalid_request", "neither provider nor state", { field: "provider" });
    }
    const provider = input.provider ?? (await calls.connect.providerOf(caller, state ?? ""));
    return await finish(calls, caller, { provider, posted });
  }),
});
