// `pnpm generate`: writes what the README and .env.example say of the providers, from the settings of these, and the OpenAPI
// document from the operations. With `--check`, a part of `pnpm check`, it writes nothing, and fails if a file says something
// else. Either way it fails if the document has lost a name within its version.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { operations } from "../apps/api/src/backend-api/operations.ts";
import { buildDocument } from "../apps/api/src/openapi/document.ts";
import { providers } from "../packages/core/src/providers/index.ts";
import { aboutTelegram, telegramSettings } from "../packages/core/src/telegram/index.ts";
import { listLostNames, type ApiDocument } from "./generate/api-names.ts";
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
  const before = readFileSync(join(root, name), "utf8");
  let after = before;
  for (const [block, content] of Object.entries(blocks)) after = replaceBlock(after, block, content);
  update({ name, before, after });
}

const documentName = "docs/openapi.json";
const before = readFileSync(join(root, documentName), "utf8");
const document = buildDocument(operations);
const lost = listLostNames(JSON.parse(before) as ApiDocument, document);
if (lost.length === 0) update({ name: documentName, before, after: `${JSON.stringify(document, undefined, 2)}\n` });
else {
  console.error(`The API has lost names that products may rely on. Keep them, or raise apiVersion in document.ts:`);
  console.error(lost.map((name) => `  ${name}`).join("\n"));
  process.exitCode = 1;
}

function update({ name, before, after }: { name: string; before: string; after: string }): void {
  if (after === before) return;
  if (!check) return writeFileSync(join(root, name), after);
  console.error(`${name} does not say what the code says. Run: pnpm generate`);
  process.exitCode = 1;
}
