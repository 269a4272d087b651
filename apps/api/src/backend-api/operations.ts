import { issueToken, listConnections } from "./connection-operations.ts";
import type { Operation } from "./operation.ts";

/** All operations of the back-end API, in the order in which they are documented. */
export const operations: readonly Operation[] = [listConnections, issueToken];
