import { defineConfig } from "oxlint";

/** Imports that a folder must not have, and why. */
type Ban = { group: string[]; message: string } | { regex: string; message: string };

const programs: Ban = {
  group: ["express", "react", "@patchbay/api", "@patchbay/api/*", "@patchbay/sandbox", "@patchbay/sandbox/*"],
  message: "Core knows neither Express nor React, nor the programs that are built on it.",
};
const database: Ban = {
  group: ["**/db/**", "kysely", "kysely/*", "pg", "graphile-worker"],
  message: "Only core/db knows the database; other folders declare ports.",
};
const providers: Ban = {
  group: ["**/providers/**"],
  message: "A provider is reached through the registry.",
};
const providerFolders: Ban = {
  regex: String.raw`^\./[^./][^/]*/`,
  message: "Only core/providers/list.ts names providers.",
};
const otherProviders: Ban = {
  regex: String.raw`^\.\./[^./][^/]*/`,
  message: "A provider does not know another provider.",
};
const flows: Ban = {
  group: ["**/connect/**", "**/credentials/**", "**/disconnect/**", "**/vault/**", "**/webhooks/**"],
  message: "A provider knows core/oauth, core/http, errors and zod.",
};
const telegramClient: Ban = {
  group: ["telegram", "telegram/*", "@mtcute/*"],
  message: "Only core/telegram/gramjs knows the MTProto client; other folders know the gateway port.",
};
const implementations: Ban = {
  group: [
    "@patchbay/core/db",
    "@patchbay/core/http",
    "@patchbay/core/providers",
    "@patchbay/core/vault",
    "kysely",
    "pg",
  ],
  message: "Only the composition builds from these; other folders call what it has built.",
};
const workspaces: Ban = {
  group: ["@patchbay/*", "!@patchbay/mtproto-server", "!@patchbay/sandbox"],
  message: "The sandbox shares no code with what it checks.",
};
const anyWorkspace: Ban = {
  group: ["@patchbay/*"],
  message: "The MTProto server knows nothing of the product.",
};
const anyPackage: Ban = {
  regex: "^[^.]",
  message: "The client has no dependencies: it is installed alone.",
};
const anyButClient: Ban = {
  group: ["@patchbay/*", "!@patchbay/node"],
  message: "A product has the client alone.",
};
const core: Ban = {
  group: ["@patchbay/core", "@patchbay/core/*", "@patchbay/sandbox", "@patchbay/sandbox/*"],
  message: "The page knows the API by the types of its router alone.",
};

/** The files of the API that build the product from its parts, or run beside it. */
const composition = [
  "apps/api/src/*.ts",
  "apps/api/src/config/**",
  "apps/api/src/jobs/**",
  "apps/api/src/keys/**",
  "apps/api/src/sign-in/**",
  "apps/api/src/http/failures.ts",
  "apps/api/src/http/session.ts",
];
const tests = ["**/*.test.ts", "**/*.test.tsx", "**/*.spec.ts", "**/test/**", "tests/**"];

// The first rule of a folder is its strictest, for the whole folder: a new subfolder falls under it until it is named here.
export default defineConfig({
  plugins: ["typescript", "unicorn", "import", "promise", "react", "jsx-a11y", "vitest"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  options: { typeAware: true },
  ignorePatterns: ["dist", ".data", ".toolchain", "node_modules"],
  rules: {
    "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
    "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
    "max-params": ["error", { max: 3 }],
    eqeqeq: "error",
    "no-var": "error",
    "prefer-const": "error",
    "import/no-default-export": "error",
    "import/no-cycle": "error",
    "import/no-unassigned-import": "off",
    "no-await-in-loop": "off",
    "vitest/no-conditional-expect": "off",
    "vitest/expect-expect": ["error", { assertFunctionNames: ["expect*", "fc.assert"] }],
    // A `test` that `test.extend` gave is a test too.
    "vitest/no-standalone-expect": ["error", { additionalTestBlockFunctions: ["test", "test.for", "test.skipIf"] }],
    "unicorn/consistent-function-scoping": "off",
    "import/no-named-as-default-member": "off",
    "promise/no-callback-in-promise": "off",
    "consistent-return": "off",
    "typescript/consistent-return": "off",
    "typescript/no-misused-spread": "off",
    "no-shadow": "off",
    "no-underscore-dangle": "off",
    "react/react-in-jsx-scope": "off",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/no-unsafe-type-assertion": "off",
    "typescript/consistent-type-imports": "error",
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
    "unicorn/no-array-sort": "off",
    "vitest/no-focused-tests": "error",
    "vitest/no-disabled-tests": "error",
  },
  overrides: [
    // What other programs load has to be a default export.
    { files: ["**/*.config.ts", "scripts/lib/flaky-reporter.ts"], rules: { "import/no-default-export": "off" } },
    { files: tests, rules: { "max-lines-per-function": "off", "max-lines": "off" } },
    {
      files: ["packages/core/src/**"],
      rules: {
        ...banImports(programs, database, providers, telegramClient),
        "no-restricted-globals": [
          "error",
          { name: "process", message: "The environment is read in apps/api/src/config." },
        ],
      },
    },
    { files: ["packages/core/src/db/**"], rules: banImports(programs, providers, telegramClient) },
    {
      files: ["packages/core/src/providers/**"],
      excludeFiles: ["packages/core/src/providers/list.ts"],
      rules: banImports(programs, database, flows, providerFolders, telegramClient),
    },
    {
      files: ["packages/core/src/providers/*/**"],
      rules: banImports(programs, database, flows, otherProviders, telegramClient),
    },
    {
      files: ["packages/core/src/telegram/gramjs/**", "packages/core/src/telegram/*.test.ts"],
      rules: { ...banImports(programs, database, providers), "no-restricted-globals": "off" },
    },
    // Tests put together what they test.
    { files: ["packages/core/src/**/*.test.ts"], rules: banImports(programs) },
    { files: ["apps/api/src/**"], excludeFiles: composition, rules: banImports(implementations) },
    { files: ["apps/sandbox/**"], rules: banImports(workspaces) },
    { files: ["packages/mtproto-server/**"], rules: banImports(anyWorkspace) },
    { files: ["examples/**"], rules: banImports(anyButClient) },
    { files: ["packages/node/src/**"], rules: banImports(anyPackage) },
    { files: ["apps/web/**"], rules: banImports(core) },
  ],
});

function banImports(...patterns: Ban[]): { "no-restricted-imports": ["error", { patterns: Ban[] }] } {
  return { "no-restricted-imports": ["error", { patterns }] };
}
