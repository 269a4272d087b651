import type { Face } from "../face.ts";
import { Misused } from "./misused.ts";

export function named(faces: readonly Face[], id: string): Face {
  const face = faces.find((candidate) => candidate.id === id);
  if (face === undefined) throw new Misused(`The sandbox plays no "${id}".`);
  return face;
}

/** Something that not every face can do. */
export function able<T>(face: Face, ability: T | undefined): T {
  if (ability === undefined) throw new Misused(`${face.title} does nothing of the kind.`);
  return ability;
}

/** Somebody at a provider, by their id or by a name of their account. */
export function personAt(
  face: Face,
  { person, shop }: { person?: string | undefined; shop?: string | undefined },
): string {
  const found = person === undefined ? face.people.named(shop ?? "") : face.people.find(person);
  if (found === undefined) throw new Misused(`${face.title} has no person "${person ?? shop ?? ""}".`);
  return found.person;
}
