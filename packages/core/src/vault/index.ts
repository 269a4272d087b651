export { readKeyring, type Keyring } from "./keys.ts";
export { createSeals, type Kept, type Seals } from "./seals.ts";
export { fingerprint, isSecret, newSecret } from "./secret.ts";
export { createVault, SealBroken, type Place, type Vault } from "./vault.ts";
