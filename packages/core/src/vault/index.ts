export { readKeyring, type Keyring } from "./keys.ts";
export { createSeals, type ReceivedResponse, type Seals } from "./seals.ts";
export { fingerprint, isSecret, newSecret } from "./secret.ts";
export { createVault, SealBroken, type AssociatedData, type Vault } from "./vault.ts";
