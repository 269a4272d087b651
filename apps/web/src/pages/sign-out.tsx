import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useLazyDialog } from "../cards/lazy-dialogs.ts";
import { storeReceipts } from "../cards/stored-receipts.ts";
import { notifyTabs } from "../live/tab-channel.ts";
import { postForm } from "../post-form.ts";
import { goToPage } from "../route.ts";
import { describeFailure } from "../sentences.ts";
import { Button } from "../ui/button.tsx";
import { useMessages } from "../ui/messages.tsx";

interface SignOutProps {
  user: { email: string; name: string };
  /** The user does not exist any more. The page is replaced by what is given. */
  onErased: (page: ReactNode) => void;
}

/** Shows who is signed in, signs them out, and deletes their account. */
export function SignOut({ user, onErased }: SignOutProps) {
  const eraseDialog = useLazyDialog<Pick<SignOutProps, "onErased">>(loadEraseDialog, "delete your account");
  const [busy, setBusy] = useState(false);
  const { showMessage } = useMessages();
  const queries = useQueryClient();
  const leave = async (): Promise<void> => {
    setBusy(true);
    const failure = await postForm("/api/auth/sign-out", {});
    // First of all, so that the other tabs hear why before their stream ends.
    if (!failure) notifyTabs("signed-out");
    setBusy(false);
    if (failure) return void showMessage({ tone: "bad", text: describeFailure(failure) });
    storeReceipts([]);
    goToPage("/sign-in");
    queries.clear();
    showMessage({ text: "You are signed out." });
  };
  return (
    <div className="who">
      <bdi title={user.email}>{user.email}</bdi>
      <Button tone="quiet" busy={busy} onClick={() => void leave()}>
        Sign out
      </Button>
      <Button tone="quiet" onClick={() => eraseDialog.openDialog({ onErased })}>
        Delete my account
      </Button>
      {eraseDialog.opened && (
        <eraseDialog.opened.Dialog {...eraseDialog.opened.target} onClosed={eraseDialog.closeDialog} />
      )}
    </div>
  );
}

const loadEraseDialog = async () => (await import("../dialogs.ts")).EraseDialog;
