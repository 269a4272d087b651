import { createSandboxClient } from "@patchbay/sandbox/client";
import { sandboxUrl } from "./addresses.ts";

/** The control API of the sandbox. */
export const sandbox = createSandboxClient(sandboxUrl);

/** How often the most used code of a provider was exchanged. It must be once at most. */
export async function usesOfOneCode(provider: string): Promise<number> {
  const { summary } = await sandbox.listCalls();
  return summary[provider]?.maxUsesOfOneCode ?? 0;
}
