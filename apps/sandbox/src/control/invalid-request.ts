/** Thrown for a request that the control API does not understand. The message is for its author. */
export class InvalidRequest extends Error {
  override name = "Misused";
}
