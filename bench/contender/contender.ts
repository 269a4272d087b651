import type { Database } from "../world/database.ts";

/** What is measured by one kind of request, over and over. */
export type HotLine = "A" | "C" | "D" | "F";
export type Line = HotLine | "B";

export interface Sent {
  method: "GET" | "POST";
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** How one contender is asked to do a line's work. */
export interface Ask {
  status: number;
  /** The nth request of a run: another user's each time, and where the work is to be new, new. */
  request(nth: number): Sent;
  /** Throws where the answer is not the work done. */
  prove(answer: Answer): void;
}

/** Sends one request to the contender and gives its answer. */
export type Send = (sent: Sent) => Promise<Answer>;

/** The nth whole connect: what a browser does, without the provider's pages. Throws where no account was connected. */
export type Walk = (nth: number, send: Send) => Promise<void>;

export interface Contender {
  name: string;
  /** The name of its database. */
  database: string;
  /** The program, as a file URL. */
  script: string;
  ready: string;
  env(place: Place): Record<string, string>;
  /** Makes its database, with its schema, indexes and people. */
  prepare(database: Database, people: People): Promise<void>;
  asks: Partial<Record<HotLine, Ask>>;
  walk?: Walk;
  /** A statement that makes room before a round of a line, outside of what is measured. */
  sweep?: Partial<Record<Line, string>>;
}

export interface Place {
  databaseUrl: string;
  providerUrl: string;
  /** The contender's own address. */
  publicUrl: string;
}

export interface People {
  users: number;
  /** A database of Patchbay with these people, to be copied. */
  template: string;
}
