import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keepSlips } from "../cards/kept-slips.ts";
import { go } from "../route.ts";
import { Button } from "../ui/button.tsx";
import { useMessages } from "../ui/messages.tsx";
import { unloadedMessage } from "../ui/unloaded.ts";

export function SignOut({ user }: { user: { email: string; name: string } }) {
  const [busy, setBusy] = useState(false);
  const { show } = useMessages();
  const queries = useQueryClient();
  const leave = async (): Promise<void> => {
    setBusy(true);
    const auth = await import("../auth.ts").catch(() => undefined);
    const refusal = await auth?.signOut();
    setBusy(false);
    if (!auth) return void show(unloadedMessage("sign out"));
    if (refusal) return void show({ tone: "bad", text: refusal.sentence });
    keepSlips([]);
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
