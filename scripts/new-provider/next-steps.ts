import { table } from "../lib/banner.ts";
import type { ProviderNames } from "./provider-names.ts";
import type { WrittenProvider } from "./write-provider.ts";

/** Describes what was written for a new provider, and what its developer does next. */
export function describeNextSteps({ id, name }: ProviderNames, { files, lists }: WrittenProvider): string {
  const steps = table([
    [`packages/core/src/providers/${id}/spec.ts`, "the addresses and the rules: whatever says fillIn"],
    [`packages/core/src/providers/${id}/settings.ts`, "how an operator registers an app; then run pnpm generate"],
    [`apps/sandbox/src/providers/${id}/`, `a plain OAuth provider: what ${name} does otherwise`],
    ["apps/api/test/harness/subjects.ts", `what the tests have to know: createSubject("${id}", { … })`],
    [`apps/web/src/marks/${id}.svg`, "the mark"],
  ]);
  return `
${name} stands in ${files.length} new files, and in these lists:
${lists.map((list) => `  ${list}`).join("\n")}

Fill in, from the documentation of ${name}:
${steps}

Then run:
  pnpm unit --project api contract -t "^${id}"
  pnpm unit --project api attacks
  pnpm check

docs/adding-a-provider.md explains each step.
`;
}
