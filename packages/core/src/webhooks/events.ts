/** A delivery whose signature held, as it is stored. */
export interface ReceivedEvent {
  provider: string;
  /** The same for every delivery of one event. */
  id: string;
  topic: string;
  body: Buffer;
}

/** What is to be done about the credentials of one account. */
export interface AffectedAccount {
  type: "ended" | "erase";
  account: string;
  client: { id: string; mode: string };
}

/** The port of the stored webhook events. */
export interface WebhookEvents {
  /** Stores an event, and sees to it that a job will read it. An event that is stored already changes nothing. */
  store(event: ReceivedEvent): Promise<void>;
  /**
   * Reads the next events that wait, and adds the jobs about the credentials that they concern; all in one transaction.
   * Gives how many there were.
   */
  next(concernOf: (event: Omit<ReceivedEvent, "id">) => AffectedAccount | undefined): Promise<number>;
}
