import type { SourceFile } from "./source.ts";

/** An export that a file declares itself, by its place. */
export type DeclaredExport = { at: string; documented: boolean };

/** The exports that each file declares, and whether a docstring stands directly above. What a file only passes on is left out. */
export function listExports(files: readonly SourceFile[]): DeclaredExport[] {
  return files.flatMap((file) => {
    const docs = file.syntax.comments.filter(({ type, value }) => type === "Block" && value.startsWith("*"));
    const declared = file.syntax.program.body.filter(
      (statement) =>
        statement.type === "ExportDefaultDeclaration" ||
        (statement.type === "ExportNamedDeclaration" && statement.declaration !== null),
    );
    return declared.map(({ start }) => ({
      at: `${file.path}:${lineAt(file.text, start)}`,
      documented: docs.some(({ end }) => end <= start && file.text.slice(end, start).trim() === ""),
    }));
  });
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
