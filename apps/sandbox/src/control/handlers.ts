import type { Clock } from "../clock.ts";
import type { ProviderHandlerDeps } from "../http/handler.ts";
import type { Patch } from "../patch.ts";
import type { SimulatedProvider } from "../provider.ts";
import type { WebhookSender } from "../webhooks/sender.ts";
import { InvalidRequest } from "./invalid-request.ts";
import type { OperationHandlers, operations } from "./operations.ts";
import { getProvider, listProviders, requireAbility } from "./providers.ts";
import { emitWebhooks, removeApp, signWebhooks } from "./webhooks.ts";

/** What the operations of the control API act on. */
export interface ControlDeps extends ProviderHandlerDeps {
  readonly clock: Clock;
  readonly webhookSender: WebhookSender;
}

/** Answers the operations of the control API. */
export const handlers: OperationHandlers<ControlDeps, typeof operations> = {
  listPeople: ({ providers }) => byProvider(providers, ({ people }) => people.listSeeded().map((one) => ({ ...one }))),
  listApps: ({ providers }) => byProvider(providers, ({ app }) => app),
  listCalls: ({ requestLog }) => requestLog.report(),
  listRefreshes: ({ refreshLog }) => refreshLog.report(),
  listGrants: ({ providers }, { provider }) =>
    listProviders(providers, provider).flatMap(({ id, grants }) =>
      grants.listUsable().map((grant) => ({ provider: id, ...grant })),
    ),
  listSubscriptions: ({ providers }, { provider }) =>
    listProviders(providers, provider).flatMap(({ id, subscriptions }) =>
      (subscriptions?.list() ?? []).map((one) => ({ provider: id, ...one })),
    ),
  listDeliveries: ({ webhookSender }) => webhookSender.listAttempts(),
  failRequests: ({ faults }, fault) => {
    faults.add(fault);
    return { pending: [...faults.listPending()] };
  },
  cancelFailures: ({ faults }, { host }) => {
    faults.clear(host);
    return { pending: [...faults.listPending()] };
  },
  changeProvider: ({ providers }, { provider, person, ...fields }) =>
    changeProvider(getProvider(providers, provider), person, fields),
  emitWebhooks,
  signWebhooks,
  removeApp,
  seedGrants: ({ providers }, { provider: id, ...options }) => {
    const provider = getProvider(providers, id);
    return requireAbility(provider, provider.seedGrants)(options);
  },
  setClock: ({ clock }, time) => {
    if ("advanceMs" in time) clock.advance(time.advanceMs);
    else clock.set(new Date(time.set).getTime());
    return { now: new Date(clock.now()).toISOString() };
  },
  reset: ({ providers, faults, requestLog, refreshLog, webhookSender, clock }) => {
    webhookSender.reset();
    for (const provider of providers) resetProvider(provider);
    for (const store of [faults, requestLog, refreshLog]) store.clear();
    clock.reset();
    return { reset: true };
  },
};

const byProvider = <T>(
  providers: readonly SimulatedProvider[],
  read: (provider: SimulatedProvider) => T,
): Record<string, T> => Object.fromEntries(providers.map((provider) => [provider.id, read(provider)]));

/** Changes a person's fields, or without a person the provider's switches. A given field replaces, null removes. */
function changeProvider(
  { people, switches, title }: SimulatedProvider,
  person: string | undefined,
  fields: Patch,
): Patch {
  if (person === undefined) {
    switches.set(fields);
    return { ...switches.current() };
  }
  if (!people.updatePerson(person, fields)) throw new InvalidRequest(`${title} has no person "${person}".`);
  return { ...people.findPerson(person) };
}

function resetProvider({ grants, people, switches, subscriptions }: SimulatedProvider): void {
  grants.clear();
  people.reset();
  switches.reset();
  subscriptions?.clear();
}
