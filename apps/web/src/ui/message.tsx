/** `name` is a text from a provider. It follows `text` and is kept apart from it, so that it cannot rearrange it. */
export interface Message {
  /** Whether it tells of a success, of something to be done, or of a failure. Left out: what is to be done, or a success. */
  tone?: "good" | "warn" | "bad";
  /** The connection that it is about. It leaves the page when that does. */
  about?: number;
  text: string;
  name?: string;
  more?: string;
}

/** What can be done about it. Said by the message, and to be found elsewhere on the page too. */
export interface Action {
  label: string;
  /** The label and what it is about, for whoever hears the button alone. */
  name: string;
  act: () => void;
}

export function Words({ message: { text, name, more } }: { message: Message }) {
  return (
    <>
      {text}
      {name !== undefined && <bdi>{name}</bdi>}
      {more}
    </>
  );
}
