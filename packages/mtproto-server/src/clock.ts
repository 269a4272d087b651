/** The time of the server, in milliseconds. */
export interface ServerClock {
  now(): number;
}
