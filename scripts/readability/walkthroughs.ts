import { existsSync } from "node:fs";
import { join } from "node:path";

/** The files that a reader opens to follow one request, in order. */
export type Walkthrough = { title: string; files: string[]; problems: string[] };

/** Reads the ordered list of files below each heading `### title`, and says what is wrong with it. */
export function readWalkthrough(root: string, document: string, title: string): Walkthrough {
  const section = new RegExp(`^### ${title}\\n([\\s\\S]*?)(?=^#{1,3} |$(?![\\s\\S]))`, "m").exec(document)?.[1];
  if (section === undefined) return { title, files: [], problems: [`The heading "### ${title}" is missing.`] };
  const files = [...section.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, path = ""]) => path);
  const problems = [
    ...(files.length === 0 ? [`"${title}" lists no file.`] : []),
    ...files
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `"${title}" lists ${path}, which is missing.`),
    ...files.filter((path, index) => files.indexOf(path) !== index).map((path) => `"${title}" lists ${path} twice.`),
  ];
  return { title, files, problems };
}
