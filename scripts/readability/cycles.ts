import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { Visitor } from "oxc-parser";
import type { SourceFile } from "./source.ts";

type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/** Groups of files that import one another in a circle. Imports of types count as well, which the linter leaves out. */
export function findCycles(root: string, files: readonly SourceFile[]): string[][] {
  const packages = readPackages(root, files);
  const known = new Set(files.map(({ path }) => path));
  const imports = new Map(
    files.map((file) => {
      const targets = importsOf(file).map((specifier) => resolveImport(file.path, specifier, packages));
      return [file.path, new Set(targets.filter((target) => target !== undefined && known.has(target)))] as const;
    }),
  ) as Imports;
  const reached = new Map([...known].map((path) => [path, reachableFrom(path, imports)]));
  const inCycle = [...known].filter((path) => reached.get(path)?.has(path));
  const groups = inCycle.map((path) =>
    inCycle.filter((other) => reached.get(path)?.has(other) && reached.get(other)?.has(path)),
  );
  return groups.filter(([first], index) => first === inCycle[index]);
}

/** What a file imports: by `import`, `export … from`, `import()` and the type `import("…")`. */
function importsOf({ syntax, text }: SourceFile): string[] {
  const { staticImports, staticExports, dynamicImports } = syntax.module;
  const specifiers = staticImports.map(({ moduleRequest }) => moduleRequest.value);
  for (const { entries } of staticExports)
    for (const { moduleRequest } of entries) if (moduleRequest) specifiers.push(moduleRequest.value);
  for (const { moduleRequest } of dynamicImports)
    specifiers.push(text.slice(moduleRequest.start + 1, moduleRequest.end - 1));
  new Visitor({ TSImportType: ({ source }) => void specifiers.push(source.value) }).visit(syntax.program);
  return specifiers;
}

type Packages = ReadonlyMap<string, string>;

/** The file behind each address that a workspace exports, such as `@patchbay/core/errors`. */
function readPackages(root: string, files: readonly SourceFile[]): Packages {
  const folders = new Set(files.map(({ path }) => path.split("/").slice(0, 2).join("/")));
  const packages = new Map<string, string>();
  for (const folder of folders) {
    const manifest = join(root, folder, "package.json");
    if (!existsSync(manifest)) continue;
    const { name, exports = {} } = JSON.parse(readFileSync(manifest, "utf8")) as Manifest;
    for (const [address, target] of Object.entries(exports)) {
      const file = typeof target === "string" ? target : (target.types ?? "");
      packages.set(posix.join(name, address), posix.join(folder, file));
    }
  }
  return packages;
}

type Manifest = { name: string; exports?: Record<string, string | { types?: string }> };

function resolveImport(from: string, specifier: string, packages: Packages): string | undefined {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : packages.get(specifier);
}

function reachableFrom(start: string, imports: Imports): Set<string> {
  const reached = new Set<string>();
  const open = [...(imports.get(start) ?? [])];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    open.push(...(imports.get(path) ?? []));
  }
  return reached;
}
