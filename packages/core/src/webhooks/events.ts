/** A delivery with a valid signature, as it is stored. */
export interface ReceivedEvent {
  provider: string;
  /** The same for every delivery of one event. */
  id: string;
  topic: string;
  body: Buffer;
}

/** The account that an event is about, and what is done about its credentials. */
export interface AffectedAccount {
  type: "ended" | "erase";
  account: string;
  client: { id: string; mode: string };
}

/** The port of the stored webhook events. */
export interface WebhookEvents {
  /** Stores an event, and adds a job that reads it if none is waiting. An event that is stored already changes nothing. */
  store(event: ReceivedEvent): Promise<void>;
  /**
   * Reads the next waiting events, and adds the jobs about the credentials of the accounts that they affect, in one transaction.
   * Gives how many events it read.
   */
  next(concernOf: (event: Omit<ReceivedEvent, "id">) => AffectedAccount | undefined): Promise<number>;
}
