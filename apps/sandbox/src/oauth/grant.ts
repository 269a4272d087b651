/** A person's consent to one app. */
export interface Grant {
  readonly id: string;
  readonly person: string;
  readonly clientId: string;
  readonly realm: string;
  readonly scopes: readonly string[];
  ended: boolean;
}
