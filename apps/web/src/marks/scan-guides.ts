/** Where in a provider's app the user scans a code. One line for each provider. */
const scanGuides: Record<string, string> = {
  telegram: "In Settings, open Devices, then choose Link Desktop Device.",
};

/** Gets where in a provider's app the user scans a code. An unknown provider gets a general sentence. */
export function getScanGuide(id: string): string {
  return (Object.hasOwn(scanGuides, id) ? scanGuides[id] : undefined) ?? "Find where it links another device.";
}
