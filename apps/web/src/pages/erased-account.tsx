import { useEffect, useRef } from "react";
import { ReceiptText, type ReceiptNote } from "../cards/receipt.tsx";
import { goToPage } from "../route.ts";
import { Button } from "../ui/button.tsx";
import { Header } from "../ui/header.tsx";
import { useMessages } from "../ui/messages.tsx";
import { useTitle } from "../ui/title.ts";

/** Takes the place of the page of a user who is erased: what could not be withdrawn, and where they can end it themselves. */
export function ErasedAccount({ notes }: { notes: readonly ReceiptNote[] }) {
  const { announce, removeMessages } = useMessages();
  const heading = useRef<HTMLHeadingElement>(null);
  const open = notes.filter(({ tone }) => tone !== "good");
  const text = `Everything about you here is deleted, and you are signed out.${open.length > 0 ? " This is left:" : ""}`;
  useTitle("Account deleted");
  useEffect(() => {
    heading.current?.focus();
    removeMessages(() => true);
    announce({ text: `Your account is deleted. ${text}` });
  }, [announce, removeMessages, text]);
  return (
    <>
      <Header />
      <main className="alone">
        <h1 ref={heading} tabIndex={-1}>
          Your account is deleted
        </h1>
        <p className="lead">{text}</p>
        {open.length > 0 && (
          <ul className="erased-receipts">
            {open.map((note) => (
              <li key={note.id} className={`receipt ${note.tone}`}>
                <ReceiptText note={note} />
              </li>
            ))}
          </ul>
        )}
        <Button tone="primary" onClick={() => goToPage("/sign-in")}>
          Go to the sign-in page
        </Button>
      </main>
    </>
  );
}
