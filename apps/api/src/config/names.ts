/**
 * Names that look like ours and are not: what they were meant to set would go unset in silence. Other software exports
 * names of its own, some of them about the same providers, so that only near misses are taken for mistakes.
 */
export function wrongNames(
  given: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
  aliases: Aliases,
): string[] {
  const wrong: string[] = [];
  for (const name of Object.keys(given)) {
    if (known.includes(name) || given[name] === undefined) continue;
    const meant = findMeant(name, { known, unset: known.filter((other) => given[other] === undefined), aliases });
    if (meant !== undefined) wrong.push(`${name}: there is no such variable; ${meant} is probably meant`);
  }
  return wrong;
}

/** What other software calls one of our variables, and what it is called here. */
type Aliases = Readonly<Record<string, string>>;

type Names = { known: readonly string[]; unset: readonly string[]; aliases: Aliases };

/**
 * A misspelt one counts where the right one is not set; another way to write the same name always does, unless that is a
 * single word: HOSTS and WORKER are other software's as well.
 */
function findMeant(name: string, { known, unset, aliases }: Names): string | undefined {
  const same = known.find((other) => other.includes("_") && bare(other) === bare(name));
  if (same !== undefined) return same;
  const alias = unset.find((other) => other === aliases[name]);
  return alias ?? unset.find((other) => isMisspelt(name, other));
}

/** Without what is easily written otherwise: underscores, capitals, the plural. */
const bare = (name: string): string =>
  name.replaceAll(/[_-]/g, "").toUpperCase().replace(/IES$/, "Y").replace(/S$/, "");

const shortest = 9;

function isMisspelt(name: string, other: string): boolean {
  if (Math.min(name.length, other.length) < shortest) return false;
  return editsBetween(name, other) === 1 || isTransposed(name, other);
}

/** How many letters are added, left out or replaced; more than one is told as two. */
function editsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 1) return 2;
  let [start, end] = [0, 0];
  const least = Math.min(a.length, b.length);
  while (start < least && a[start] === b[start]) start += 1;
  while (end < least - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return Math.max(a.length, b.length) - start - end > 1 ? 2 : Number(a !== b);
}

/** Two neighbours that changed places. */
function isTransposed(a: string, b: string): boolean {
  const differing = [...a].flatMap((letter, at) => (letter === b[at] ? [] : [at]));
  const [first = 0, second = 0] = differing;
  const swapped = a[first] === b[second] && a[second] === b[first];
  return a.length === b.length && differing.length === 2 && second === first + 1 && swapped;
}
