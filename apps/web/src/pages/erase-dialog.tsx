import type { Receipt } from "@patchbay/api/router";
import { useQueryClient } from "@tanstack/react-query";
import { AlertDialog } from "radix-ui";
import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from "react";
import { buildReceiptNote } from "../cards/receipt.tsx";
import { storeReceipts } from "../cards/stored-receipts.ts";
import { parseFailure } from "../failure.ts";
import { notifyTabs } from "../live/tab-channel.ts";
import { findProviderName } from "../marks/marks.tsx";
import { describeFailure } from "../sentences.ts";
import { trpc } from "../trpc.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { useMessages } from "../ui/messages.tsx";
import { PasswordToggle } from "../ui/password-toggle.tsx";
import { ErasedAccount } from "./erased-account.tsx";

/** What the dialog tells the page. */
export interface EraseDialogProps {
  /** The account does not exist any more. The page is replaced by what is given. */
  onErased: (page: ReactNode) => void;
  /** The dialog has closed. */
  onClosed: () => void;
}

/** Says what happens when users delete their account, asks for their password, and deletes the account. */
export function EraseDialog({ onErased, onClosed }: EraseDialogProps) {
  const [isOpen, setIsOpen] = useState(true);
  const [trigger] = useState(() => document.activeElement);
  const { erase, busy, fault } = useErase(onErased);
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={(next) => !busy && setIsOpen(next)}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="overlay" />
        <AlertDialog.Content
          className="dialog"
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (trigger instanceof HTMLButtonElement) trigger.focus();
            onClosed();
          }}
        >
          <AlertDialog.Title>Delete your account?</AlertDialog.Title>
          <AlertDialog.Description>
            Each account that you connected is disconnected at its provider. Then everything about you here is deleted.
            This cannot be undone.
          </AlertDialog.Description>
          <EraseForm erase={erase} busy={busy} fault={fault} />
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

interface EraseFormProps {
  erase: (password: string) => void;
  busy: boolean;
  /** Why the API refused. Each new object moves the focus to the field. */
  fault: { sentence: string } | undefined;
}

function EraseForm({ erase, busy, fault }: EraseFormProps) {
  const [password, setPassword] = useState("");
  const [isMissing, setIsMissing] = useState(false);
  const [revealed, setRevealed] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (fault) focusPassword(form.current);
  }, [fault]);
  const submitPassword = (event: SubmitEvent): void => {
    event.preventDefault();
    setIsMissing(password === "");
    if (password === "") focusPassword(form.current);
    else erase(password);
  };
  return (
    <form className="erase" ref={form} onSubmit={submitPassword} noValidate>
      <Field
        label="Password"
        name="password"
        type={revealed ? "text" : "password"}
        autoComplete="current-password"
        autoCapitalize="none"
        spellCheck={false}
        value={password}
        onChange={({ target }) => setPassword(target.value)}
        fault={isMissing ? "Type your password." : fault?.sentence}
        beside={<PasswordToggle {...{ revealed, setRevealed }} />}
      />
      <div className="dialog-actions">
        <AlertDialog.Cancel asChild>
          <Button blocked={busy}>Keep my account</Button>
        </AlertDialog.Cancel>
        <Button type="submit" tone="danger" busy={busy} aria-label="Delete my account">
          {busy ? "Deleting…" : "Delete my account"}
        </Button>
      </div>
    </form>
  );
}

const focusPassword = (form: HTMLFormElement | null): void => form?.querySelector("input")?.focus();

function useErase(onErased: EraseDialogProps["onErased"]) {
  const { announce } = useMessages();
  const queries = useQueryClient();
  const mutation = trpc.session.erase.useMutation();
  const [fault, setFault] = useState<EraseFormProps["fault"]>();
  const erase = async (password: string): Promise<void> => {
    announce({ text: "Deleting your account…" });
    try {
      const { receipts } = await mutation.mutateAsync({ password });
      // First of all, so that the other tabs hear why before their stream ends.
      notifyTabs("signed-out");
      storeReceipts([]);
      onErased(<ErasedAccount notes={receipts.map(buildErasureNote)} />);
      queries.clear();
    } catch (error) {
      const sentence = describeFailure(parseFailure(error));
      setFault({ sentence });
      announce({ text: sentence });
    }
  };
  return { erase: (password: string) => void erase(password), busy: mutation.isPending || mutation.isSuccess, fault };
}

const buildErasureNote = (receipt: Receipt) =>
  buildReceiptNote(receipt, findProviderName(receipt.provider) ?? receipt.provider);
