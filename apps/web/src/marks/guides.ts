/** Where in a provider's app a code is scanned: one line each. */
const guides: Record<string, string> = {
  telegram: "In Settings, open Devices, then choose Link Desktop Device.",
};

export function guideOf(id: string): string {
  return (Object.hasOwn(guides, id) ? guides[id] : undefined) ?? "Find where it links another device.";
}
