// `pnpm new-provider acme --name "Acme Inc."`: writes what one more provider with OAuth needs. See docs/adding-a-provider.md.
import { parseArgs } from "node:util";
import { errorMessage } from "./lib/process-group.ts";
import { root } from "./lib/paths.ts";
import { describeNextSteps } from "./new-provider/next-steps.ts";
import { parseProviderNames } from "./new-provider/provider-names.ts";
import { writeProvider } from "./new-provider/write-provider.ts";

try {
  const { values, positionals } = parseArgs({ options: { name: { type: "string" } }, allowPositionals: true });
  const names = parseProviderNames(positionals, values.name);
  const written = writeProvider(root, names);
  console.log(describeNextSteps(names, written));
} catch (error) {
  console.error(errorMessage(error));
  process.exitCode = 1;
}
