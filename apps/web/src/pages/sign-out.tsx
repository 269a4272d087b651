import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { go } from "../route.ts";
import { Button } from "../ui/button.tsx";
import { useMessages } from "../ui/messages.tsx";

export function SignOut({ user }: { user: { email: string; name: string } }) {
  const [busy, setBusy] = useState(false);
  const { show } = useMessages();
  const queries = useQueryClient();
  const leave = async (): Promise<void> => {
    setBusy(true);
    const refusal = await import("../auth.ts").then(
      ({ signOut }) => signOut(),
      () => ({ sentence: "A part of this page could not be loaded. Load the page again, then sign out." }),
    );
    setBusy(false);
    if (refusal) return void show({ text: refusal.sentence });
    go("/sign-in");
    queries.clear();
    show({ text: "You are signed out." });
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
