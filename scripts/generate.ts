// `pnpm generate`: writes what the README and .env.example say of the providers, from the settings of these. With `--check`,
// a part of `pnpm check`, it writes nothing, and fails if a file says something else.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { providers } from "../packages/core/src/providers/index.ts";
import { aboutTelegram, telegramSettings } from "../packages/core/src/telegram/index.ts";
import { replaceBlock } from "./generate/blocks.ts";
import {
  renderOAuthVariables,
  renderRegistrationTable,
  renderVariables,
  renderWebhookTable,
} from "./generate/provider-docs.ts";
import { root } from "./lib/paths.ts";

const { check } = parseArgs({ options: { check: { type: "boolean", default: false } } }).values;
const modules = Object.values(providers);
const variables = [
  ...modules.map((module) => renderOAuthVariables(module)),
  renderVariables(aboutTelegram.name, telegramSettings),
].join("\n\n");

/** The blocks of each file. A blank line stands around a table, and none around the variables. */
const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "README.md": {
    registration: `\n${renderRegistrationTable(modules)}\n`,
    webhooks: `\n${renderWebhookTable(modules)}\n`,
  },
  ".env.example": { providers: `\n${variables}\n` },
};

for (const [name, blocks] of Object.entries(files)) {
  const path = join(root, name);
  const before = readFileSync(path, "utf8");
  let after = before;
  for (const [block, content] of Object.entries(blocks)) after = replaceBlock(after, block, content);
  if (after === before) continue;
  if (!check) writeFileSync(path, after);
  else console.error(`${name} does not say what the settings of the providers say. Run: pnpm generate`);
  if (check) process.exitCode = 1;
}
