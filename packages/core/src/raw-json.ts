/** JSON as PostgreSQL wrote it, to be sent on as it is. It is read where somebody looks into it. */
export class RawJson<T> {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The value. `JSON.stringify` asks for it, too. */
  toJSON(): T {
    return JSON.parse(this.text) as T;
  }
}
