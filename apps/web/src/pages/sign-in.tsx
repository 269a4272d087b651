import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { nameOf } from "../marks/marks.tsx";
import { hearTabs, tellTabs } from "../live/channel.ts";
import { type Ending, type Errand, go, readErrand } from "../route.ts";
import { sessionKey, trpc } from "../trpc.ts";
import { Button } from "../ui/button.tsx";
import { Header } from "../ui/header.tsx";
import { useMessages } from "../ui/messages.tsx";
import { Notice } from "../ui/notice.tsx";
import { useTitle } from "../ui/title.ts";
import type { Typed } from "./faults.ts";
import { Credentials } from "./credentials.tsx";

export function SignInPage() {
  const [joining, setJoining] = useState(false);
  const [changed, setChanged] = useState(false);
  const [typed, setTyped] = useState<Typed>({ name: "", email: "", password: "" });
  const [errand] = useState(errandHere);
  const change = (join: boolean): void => {
    setChanged(true);
    setJoining(join);
  };
  useSpoken(endings[errand.ended ?? "none"]);
  const title = joining ? "Create account" : "Sign in";
  useTitle(title);
  const session = trpc.session.get.useQuery();
  const queries = useQueryClient();
  useEffect(
    () => hearTabs((news) => void (news === "signed-in" && queries.invalidateQueries({ queryKey: sessionKey }))),
    [queries],
  );
  const [install] = useState(installHere);
  const arrive = useEffectEvent(() => (install === undefined ? go("/integrations", errand) : location.assign(install)));
  const signedIn = Boolean(session.data?.user);
  useEffect(() => {
    if (signedIn) arrive();
  }, [signedIn]);
  return (
    <>
      <Header />
      <main className="alone">
        <h1>{title}</h1>
        <Reason errand={errand} joining={joining} />
        <Credentials
          key={title}
          {...{ joining, typed, setTyped, changed }}
          use={() => change(false)}
          entered={() => {
            tellTabs("signed-in");
            return queries.resetQueries();
          }}
        />
        <Other joining={joining} open={session.data?.signUp !== "closed"} change={change} />
      </main>
    </>
  );
}

/** Why the user was sent here: kept with the history entry by this page, or in the address by the API. */
function errandHere(): Errand {
  const kept = readErrand();
  const asked = new URLSearchParams(location.search).get("provider") ?? undefined;
  return { ...kept, provider: kept.provider ?? asked };
}

/** Where an installation goes on that was begun at a provider, and waited for somebody to sign in. */
function installHere(): string | undefined {
  const query = new URLSearchParams(location.search);
  const [provider, install] = [query.get("provider") ?? "", query.get("install") ?? ""];
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(provider) || !/^[\w-]+\.[\w-]+$/.test(install)) return undefined;
  return `/api/v1/channels/${provider}/auth?install=${install}`;
}

const endings: Readonly<Record<Ending | "none", string | undefined>> = {
  ended: "Your session ended, so you are signed out. Sign in again to go on.",
  "signed-out": "You signed out in another tab. Sign in again to go on.",
  none: undefined,
};

/** Said once, for nothing that the user did has brought them here. */
function useSpoken(text: string | undefined): void {
  const { say } = useMessages();
  useEffect(() => {
    if (text !== undefined) say({ text });
  }, [say, text]);
}

function Reason({ errand: { provider, interrupted, ended }, joining }: { errand: Errand; joining: boolean }) {
  const name = nameOf(provider);
  if (interrupted)
    return (
      <Notice>You were signed out before {name ?? "the account"} was connected. Sign in, then connect it again.</Notice>
    );
  if (ended && provider === undefined) return <Notice>{endings[ended]}</Notice>;
  const purpose = provider === undefined ? "see and connect your accounts" : `connect ${name ?? "an account"}`;
  return <p className="lead">{joining ? `Then you can ${purpose}.` : `Sign in to ${purpose}.`}</p>;
}

function Other({ joining, open, change }: { joining: boolean; open: boolean; change: (joining: boolean) => void }) {
  if (!open)
    return <p className="other">No account? None can be created here now. Ask the people who run this site.</p>;
  return (
    <p className="other">
      {joining ? "Been here before?" : "New here?"}{" "}
      <Button tone="quiet" onClick={() => change(!joining)}>
        {joining ? "Use your account" : "Create an account"}
      </Button>
    </p>
  );
}
