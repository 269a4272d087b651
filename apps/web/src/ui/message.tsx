/** Something that happened. `name` is a text from a provider; it stays apart from `text`, so that it cannot rearrange it. */
export interface Message {
  /** Success, something to do, or a failure. By default something to do if there is an action, or else success. */
  tone?: "good" | "warn" | "bad";
  /** The id of the connection that the message is about. The message goes when the connection goes. */
  about?: number;
  text: string;
  name?: string;
  more?: string;
}

/** What the user can do about a message. It can also be done elsewhere on the page. */
export interface MessageAction {
  label: string;
  /** The label and what it is about, for a screen reader. */
  accessibleName: string;
  onPress: () => void;
}

/** The words of a message. */
export function MessageText({ message: { text, name, more } }: { message: Message }) {
  return (
    <>
      {text}
      {name !== undefined && <bdi>{name}</bdi>}
      {more}
    </>
  );
}
