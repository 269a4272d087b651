import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { insertLine, type ListLine } from "./insert-line.ts";
import { capitalize, type ProviderNames } from "./provider-names.ts";

const templates = join(import.meta.dirname, "templates");
const suffix = ".template";

/** The lines that make a provider known, one for each list. */
const lists: readonly ListLine[] = [
  {
    file: "packages/core/src/providers/list.ts",
    line: 'export { acme } from "./acme/index.ts";',
    siblings: /^export \{ (\w+) \} from "\.\/\w+\/index\.ts";$/,
  },
  {
    file: "apps/sandbox/src/providers/registry.ts",
    line: 'import { acme } from "./acme/index.ts";',
    siblings: /^import \{ (\w+) \} from "\.\/\w+\/index\.ts";$/,
  },
  { file: "apps/sandbox/src/providers/registry.ts", line: "  acme,", siblings: /^ {2}(\w+),$/ },
  {
    file: "apps/web/src/marks/marks.tsx",
    line: 'import acme from "./acme.svg";',
    siblings: /^import (\w+) from "\.\/\w+\.svg";$/,
  },
  { file: "apps/web/src/marks/marks.tsx", line: '  acme: [acme, "Acme Inc."],', siblings: /^ {2}(\w+): \[/ },
  {
    file: "apps/api/test/harness/subjects.ts",
    line: '  createSubject("acme"),',
    siblings: /^ {2}createSubject\("(\w+)"/,
  },
];

/** What was written, by its path from the root. */
export interface WrittenProvider {
  readonly files: readonly string[];
  readonly lists: readonly string[];
}

/**
 * Writes the files of a new provider and names it in the lists. The templates are the files of a provider called acme,
 * at their places in the tree. Throws an error, before anything is written, if the provider exists.
 */
export function writeProvider(root: string, names: ProviderNames): WrittenProvider {
  const files = new Map(
    globSync(`**/*${suffix}`, { cwd: templates }).map((path) => [
      rename(path.slice(0, -suffix.length), names),
      rename(readFileSync(join(templates, path), "utf8"), names),
    ]),
  );
  const existing = [...files.keys()].find((path) => existsSync(join(root, path)));
  if (existing !== undefined) throw new Error(`${names.name} cannot be written: ${existing} exists.`);
  const changed = addToLists(root, names);
  for (const [path, text] of [...files, ...changed]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  format(root, [...files.keys(), ...changed.keys()]);
  return { files: [...files.keys()].sort(), lists: [...changed.keys()] };
}

function addToLists(root: string, names: ProviderNames): Map<string, string> {
  const changed = new Map<string, string>();
  for (const list of lists) {
    const text = changed.get(list.file) ?? readFileSync(join(root, list.file), "utf8");
    changed.set(list.file, insertLine(text, { ...list, line: rename(list.line, names) }));
  }
  return changed;
}

/** Puts the names of a provider in the place of those of acme. */
function rename(text: string, { id, name }: ProviderNames): string {
  return text
    .replaceAll("Acme Inc.", name)
    .replaceAll("ACME", id.toUpperCase())
    .replaceAll("Acme", capitalize(id))
    .replaceAll("acme", id);
}

function format(root: string, files: readonly string[]): void {
  execFileSync(join(root, "node_modules/.bin/oxfmt"), files, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}
