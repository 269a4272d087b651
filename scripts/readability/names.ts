import { Visitor, type PropertyKey } from "oxc-parser";
import type { SourceFile } from "./source.ts";

/** The files that define each name. */
export type Definitions = Map<string, Set<string>>;

/** The names of functions: declared, kept in a constant, and members of objects, classes and interfaces. */
export function findFunctionNames(files: readonly SourceFile[]): Definitions {
  const names: Definitions = new Map();
  for (const { path, syntax } of files) {
    const add = (name: string | undefined): void => addDefinition(names, name, path);
    new Visitor({
      FunctionDeclaration: ({ id }) => add(id?.name),
      VariableDeclarator: ({ id, init }) => {
        if (id.type === "Identifier" && isFunction(init)) add(id.name);
      },
      Property: ({ key, value }) => {
        if (isFunction(value)) add(nameOfKey(key));
      },
      MethodDefinition: ({ key, kind }) => {
        if (kind === "method") add(nameOfKey(key));
      },
      TSMethodSignature: ({ key }) => add(nameOfKey(key)),
    }).visit(syntax.program);
  }
  return names;
}

/** The names of types, interfaces and classes. */
export function findTypeNames(files: readonly SourceFile[]): Definitions {
  const names: Definitions = new Map();
  for (const { path, syntax } of files) {
    const add = (name: string | undefined): void => addDefinition(names, name, path);
    new Visitor({
      TSTypeAliasDeclaration: ({ id }) => add(id.name),
      TSInterfaceDeclaration: ({ id }) => add(id.name),
      ClassDeclaration: ({ id }) => add(id?.name),
    }).visit(syntax.program);
  }
  return names;
}

/** The names that `minFiles` files or more define, most files first, each with its files. */
export function listRepeatedNames(names: Definitions, minFiles: number): string[] {
  return [...names]
    .filter(([, files]) => files.size >= minFiles)
    .toSorted(([a, inA], [b, inB]) => inB.size - inA.size || a.localeCompare(b))
    .map(([name, files]) => `${name} (${files.size}): ${[...files].join(", ")}`);
}

function addDefinition(names: Definitions, name: string | undefined, path: string): void {
  if (name === undefined) return;
  names.set(name, (names.get(name) ?? new Set()).add(path));
}

function isFunction(value: { type: string } | null): boolean {
  return value?.type === "ArrowFunctionExpression" || value?.type === "FunctionExpression";
}

function nameOfKey(key: PropertyKey): string | undefined {
  if (key.type === "Identifier") return key.name;
  return key.type === "Literal" && typeof key.value === "string" ? key.value : undefined;
}
