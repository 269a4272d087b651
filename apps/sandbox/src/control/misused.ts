/** A request that the control door does not understand: a sentence for whoever wrote it. */
export class Misused extends Error {
  override name = "Misused";
}
