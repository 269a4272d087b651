import { ConnectError } from "@patchbay/core/errors";
import { z } from "zod";
import type { Services } from "../services.ts";
import { finishAttempt } from "../channels/finish.ts";
import { attemptId, connectionId, fieldName, formValues, providerId, shortText } from "../http/schemas.ts";
import { watchSteps } from "./watch-steps.ts";
import { browserProcedure, router, sessionProcedure } from "./trpc.ts";

const maxEchoed = 10;

// Strict: a page from before an upgrade gets a refusal, and not another act than the one it meant.
const beginning = z.strictObject({
  provider: providerId,
  values: formValues.default({}),
  /** The connection to be reconnected in place. */
  reconnectConnectionId: connectionId.optional(),
});
const resuming = z.strictObject({ attempt: attemptId, values: formValues.default({}) });
const finishing = z.strictObject({
  /** Left out by a page that is itself the redirect URI and was told no provider. */
  provider: providerId.optional(),
  ticket: shortText.min(1),
  state: shortText.optional(),
  /** What the provider named beside the code, as the redirect to the page repeated it. */
  echo: z
    .record(fieldName, z.string().max(255))
    .refine((values) => Object.keys(values).length <= maxEchoed)
    .default({}),
  /** The issuer that the authorization response named, if the page is itself the redirect URI. */
  iss: shortText.optional(),
});

type ConnectServices = Pick<Services, "connect" | "connections" | "streams" | "stopping" | "returnsToPage">;

/** Builds the procedures of the connect flow. */
export const createConnectRouter = (services: ConnectServices) =>
  router({
    /** Begins an attempt. The page sends the browser to `to`, or shows the first step. */
    begin: browserProcedure.input(beginning).mutation(async ({ ctx: { caller }, input }) => {
      const firstStep = await services.connect.begin(caller, input);
      return firstStep.type === "redirect" ? { type: firstStep.type, to: firstStep.to.href } : firstStep;
    }),
    /** Takes the next step of an interactive login. Without values, tells the current step. */
    resume: sessionProcedure
      .input(resuming)
      .mutation(({ ctx: { caller }, input }) => services.connect.resume(caller, input)),
    /**
     * Sends the step of an attempt whenever it changes, until it has led to a connection. Throws the errors of `resume`. Our page
     * uses `connections.watch`; this is for a front end of a product that shows one attempt alone.
     */
    watch: sessionProcedure.input(z.object({ attempt: attemptId })).subscription(async function* watch({
      ctx: { caller },
      input,
      signal,
    }) {
      using _stream = services.streams.open(await services.connections.userOf(caller.session));
      // Ends when the page leaves, and when this process stops: the page then asks another process.
      const over = AbortSignal.any([services.stopping, ...(signal ? [signal] : [])]);
      yield* watchSteps(services.connect, { caller, attemptId: input.attempt, over });
    }),
    /** Finishes an attempt with what the page was told. Sent twice, it gives the same result twice. */
    finish: sessionProcedure.input(finishing).mutation(async ({ ctx: { caller }, input }) => {
      const { ticket, state, echo, iss } = input;
      if (input.provider === undefined && state === undefined) {
        throw new ConnectError("invalid_request", "neither provider nor state", { field: "provider" });
      }
      const provider = input.provider ?? (await services.connect.getAttemptProvider(caller, state ?? ""));
      return await finishAttempt(services, caller, { provider, posted: { ticket, state, iss, echo } });
    }),
  });
