import { endAccess, type DisconnectDeps, type Receipt } from "./disconnect.ts";

/** Finds and deletes users in the database. Each method is atomic. */
export interface UserErasure {
  /** Our id of an application's user: of the product's own id, or of ours if they signed up here. */
  findUser(application: string, user: string): Promise<string | undefined>;
  /** Ends every session of a user, those in which they connect as well. */
  endSessions(user: string): Promise<void>;
  /** Deletes a user with all that is stored of them, and records that. False: they have a connection again. */
  deleteUser(user: string, actor: string): Promise<boolean>;
}

/** Whom to erase, and who asks for that, for the audit. */
export interface ErasureRequest {
  /** Our own id of the user. */
  user: string;
  actor: string;
}

/**
 * Erases users. Each connection is removed and its access ended at the provider first; a job goes on with what a provider does
 * not confirm, and holds nothing but the grant until then. A call that was interrupted is finished by the next one.
 */
export function createEraseUser({ erasure, ...deps }: DisconnectDeps & { erasure: UserErasure }) {
  return async ({ user, actor }: ErasureRequest): Promise<Receipt[]> => {
    await erasure.endSessions(user);
    const receipts: Receipt[] = [];
    do {
      for (;;) {
        const removed = await deps.removals.removeOfUser(user, actor);
        if (removed === undefined) break;
        receipts.push(await endAccess(deps, removed));
      }
      // A connect flow that was under way may have ended meanwhile.
    } while (!(await erasure.deleteUser(user, actor)));
    return receipts;
  };
}

/** Erases a user. */
export type EraseUser = ReturnType<typeof createEraseUser>;
