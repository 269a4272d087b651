import type { Connection } from "./connect/index.ts";
import type { HealthReason } from "./health.ts";

/** What a service key sees: the connections of its application at its providers. */
export interface ServiceScope {
  /** Who acts, for the audit: `service:<name of the key>`. */
  actor: string;
  application: string;
  providers: readonly string[];
}

/** A connection as back ends see it: with whose it is, and what the product has put on it. */
export type ServiceConnection = Connection & {
  reason: HealthReason | null;
  /** `id` is the product's own id of the user, or ours if they signed up here. */
  user: { id: string; name: string | null; email: string | null };
  tenant: { id: string; name: string | null } | null;
  tags: Record<string, string>;
};

/** Which connections a back end asks for. */
export interface ConnectionFilter {
  /** The product's id of the user, or ours of one who signed up here. */
  user?: string | undefined;
  tenant?: string | undefined;
  provider?: string | undefined;
  status?: Connection["status"] | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
  /** Only connections with a greater id. */
  after?: number | undefined;
  limit: number;
}

/** What a back end changes of a connection. What is undefined stays. */
export interface ConnectionChange {
  tags?: Record<string, string> | undefined;
  /** Null gives the account its own label back. */
  label?: string | null | undefined;
}

/** The connections that a service key sees. Each method that takes an id throws `connection_unknown` for any other. */
export interface ServiceConnections {
  /** Lists connections, the oldest first. */
  listVisible(scope: ServiceScope, filter: ConnectionFilter): Promise<ServiceConnection[]>;
  get(scope: ServiceScope, id: number): Promise<ServiceConnection>;
  /** The id of the connection's credential. */
  getCredential(scope: ServiceScope, id: number): Promise<string>;
  update(scope: ServiceScope, id: number, change: ConnectionChange): Promise<ServiceConnection>;
  /** Approves a pending connection. One that is not pending stays as it is. */
  approve(scope: ServiceScope, id: number): Promise<ServiceConnection>;
}
