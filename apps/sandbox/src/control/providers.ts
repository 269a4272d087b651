import type { SimulatedProvider } from "../provider.ts";
import { InvalidRequest } from "./invalid-request.ts";

/** Returns the provider with this id. Throws InvalidRequest if the sandbox does not play it. */
export function getProvider(providers: readonly SimulatedProvider[], id: string): SimulatedProvider {
  const provider = providers.find((candidate) => candidate.id === id);
  if (provider === undefined) throw new InvalidRequest(`The sandbox plays no "${id}".`);
  return provider;
}

/** Returns the provider with this id, or all providers without an id. */
export function listProviders(providers: readonly SimulatedProvider[], id?: string): readonly SimulatedProvider[] {
  return id === undefined ? providers : [getProvider(providers, id)];
}

/** Returns an ability that not every provider has. Throws InvalidRequest if it is missing. */
export function requireAbility<T>({ title }: SimulatedProvider, ability: T | undefined): T {
  if (ability === undefined) throw new InvalidRequest(`The simulated ${title} cannot do this.`);
  return ability;
}

/** Returns the id of a person at a provider, found by id or by the name of their account. */
export function getPersonId(
  { people, title }: SimulatedProvider,
  { person, shop }: { person?: string | undefined; shop?: string | undefined },
): string {
  const found = person === undefined ? people.findByAccount(shop ?? "") : people.findPerson(person);
  if (found === undefined) throw new InvalidRequest(`${title} has no person "${person ?? shop ?? ""}".`);
  return found.person;
}
