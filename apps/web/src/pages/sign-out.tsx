import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { storeReceipts } from "../cards/stored-receipts.ts";
import { notifyTabs } from "../live/tab-channel.ts";
import { postForm } from "../post-form.ts";
import { goToPage } from "../route.ts";
import { describeFailure } from "../sentences.ts";
import { Button } from "../ui/button.tsx";
import { useMessages } from "../ui/messages.tsx";

/** Shows who is signed in, and signs them out. */
export function SignOut({ user }: { user: { email: string; name: string } }) {
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
    </div>
  );
}
