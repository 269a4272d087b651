import type { Connection } from "@patchbay/api/router";
import { useEffect, useEffectEvent, useReducer, useState } from "react";
import type { FormValues } from "../cards/form-values.ts";
import { parseFailure } from "../failure.ts";
import type { Failure } from "../sentences.ts";
import { trpc } from "../trpc.ts";
import { useMessages } from "../ui/messages.tsx";
import type { DialogProvider } from "./dialog-messages.ts";
import { followScan } from "./poll.ts";
import { createDialogReducer, type DialogRequest, type DialogState, initialDialogState } from "./reducer.ts";
import type { AttemptStep, DialogMethod } from "./step-types.ts";

/** Whose attempt it is, and what happens at its end. */
export interface ConnectAttemptOptions {
  provider: DialogProvider & { id: string };
  /** The connection that is reconnected. Undefined for a new one. */
  reconnectConnectionId: number | undefined;
  /** The user sees this method now. A hidden attempt keeps its state, and follows nothing. */
  isShown: boolean;
  /** May be called after the dialog has closed: the connection exists all the same. */
  onConnected: (connection: Connection) => void;
  /** The account is ready, and the product takes it over at this address. May be called after the dialog has closed. */
  onReturn: (to: string) => void;
}

/** An attempt, and what the user can do about it. */
export interface ConnectAttempt {
  state: DialogState;
  beginAttempt: (values: FormValues) => void;
  sendAnswer: (values: FormValues) => void;
  /** Asks the provider for a new code. */
  resendCode: () => void;
  /** The time until which no request is accepted is over. */
  unblock: () => void;
  restartAttempt: () => void;
}

/** Runs one attempt: sends what the reducer requests, follows the attempt, and announces what the reducer announces. */
export function useConnectAttempt(method: DialogMethod, options: ConnectAttemptOptions): ConnectAttempt {
  const { provider, isShown } = options;
  const [reducer] = useState(() => createDialogReducer({ method, provider }));
  const [state, dispatch] = useReducer(reducer, initialDialogState);
  const { list } = trpc.useUtils().connections;
  const calls = useAttemptCalls(method, options);
  const { announce } = useMessages();
  const [isReturning, setIsReturning] = useState(false);

  const finishElsewhere = (to: string): void => {
    setIsReturning(true);
    options.onReturn(to);
  };
  const handleStep = (step: AttemptStep, request?: DialogRequest): void => {
    if (step.type === "connected") options.onConnected(step.connection);
    else if (step.type === "return") finishElsewhere(step.to);
    else dispatch({ type: "received", step, request });
  };
  const handleFailure = (failure: Failure, request?: DialogRequest): void => {
    dispatch({ type: "failed", failure, request, now: Date.now() });
    if (failure.code === "connection_unknown") void list.invalidate();
  };
  const send = useEffectEvent((request: DialogRequest) => {
    calls.sendRequest(request).then(
      (step) => handleStep(step, request),
      (error: unknown) => handleFailure(parseFailure(error), request),
    );
  });
  useEffect(() => {
    if (isShown) dispatch({ type: "shown" });
  }, [isShown]);
  useEffect(() => {
    if (state.request) send(state.request);
  }, [state.request]);
  useEffect(() => {
    if (state.announcement) announce(state.announcement);
  }, [state.announcement, announce]);
  useFollowedStep(isShown && !isReturning ? state : initialDialogState, {
    poll: calls.pollAttempt,
    onStep: handleStep,
    onFailure: handleFailure,
  });

  const dispatchRequest = (request: DialogRequest): void => dispatch({ type: "submitted", request, now: Date.now() });
  const { step } = state;
  return {
    state,
    beginAttempt: (values) => dispatchRequest({ type: "begin", values }),
    sendAnswer: (values) => step && dispatchRequest({ type: "answer", attempt: step.attempt, values }),
    resendCode: () => step && dispatchRequest({ type: "resend", attempt: step.attempt }),
    unblock: () => dispatch({ type: "unblocked" }),
    restartAttempt: () => dispatch({ type: "restarted" }),
  };
}

/** The two calls of the API that an attempt is made of. Both also work after the dialog has closed. */
function useAttemptCalls(method: DialogMethod, { provider, reconnectConnectionId }: ConnectAttemptOptions) {
  const begin = trpc.connect.begin.useMutation();
  const resume = trpc.connect.resume.useMutation();
  const sendRequest = async (request: DialogRequest): Promise<AttemptStep> => {
    if (request.type !== "begin") {
      // The value `again` asks the provider for a new code.
      const values = request.type === "answer" ? request.values : { again: "" };
      return await resume.mutateAsync({ attempt: request.attempt, values });
    }
    const step = await begin.mutateAsync({
      provider: provider.id,
      ...(method === "ask" && { values: request.values }),
      ...(reconnectConnectionId !== undefined && { reconnectConnectionId }),
    });
    if (step.type === "redirect") throw new Error(`${provider.id} cannot be connected in a dialog`);
    return step;
  };
  const pollAttempt = (attempt: string): Promise<AttemptStep> => resume.mutateAsync({ attempt, values: {} });
  return { sendRequest, pollAttempt };
}

interface FollowedStepDeps {
  poll: (attempt: string) => Promise<AttemptStep>;
  onStep: (step: AttemptStep) => void;
  onFailure: (failure: Failure) => void;
}

/** Ends an attempt whose time is over, and follows one whose code waits to be scanned. */
function useFollowedStep({ step, over }: DialogState, { poll, onStep, onFailure }: FollowedStepDeps): void {
  // A new code for the same attempt restarts nothing. The follower learns of it by itself.
  const followed = step && !over ? `${step.type} ${step.attempt}` : undefined;
  const follow = useEffectEvent(() => {
    if (!step) return undefined;
    const { attempt, expiresAt } = step;
    const leftMs = Date.parse(expiresAt) - Date.now();
    // A wrong clock of the browser would end every attempt at once. The API then says when the attempt is over.
    const expiry = leftMs > 0 ? setTimeout(() => onFailure({ code: "attempt_unknown" }), leftMs) : undefined;
    const unfollow =
      step.type === "scan" ? followScan(step, { poll: () => poll(attempt), onStep, onFailure }) : undefined;
    return () => {
      clearTimeout(expiry);
      unfollow?.();
    };
  });
  useEffect(() => (followed === undefined ? undefined : follow()), [followed]);
}
