import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { listenToTabs, notifyTabs } from "../live/tab-channel.ts";
import { findProviderName } from "../marks/marks.tsx";
import { goToPage, type NavigationState, readNavigationState, type SessionEnd } from "../route.ts";
import { getSessionQueryKey, trpc } from "../trpc.ts";
import { Button } from "../ui/button.tsx";
import { Header } from "../ui/header.tsx";
import { useMessages } from "../ui/messages.tsx";
import { Notice } from "../ui/notice.tsx";
import { useTitle } from "../ui/title.ts";
import type { SignInValues } from "./form-faults.ts";
import { SignInForm } from "./sign-in-form.tsx";

/** The page where a user signs in or creates an account. Afterwards the user goes on to what they wanted to do. */
export function SignInPage() {
  const [isNewAccount, setIsNewAccount] = useState(false);
  const [hasChanged, setHasChanged] = useState(false);
  const [typed, setTyped] = useState<SignInValues>({ name: "", email: "", password: "" });
  const [origin] = useState(readOrigin);
  const [installUrl] = useState(readInstallUrl);
  const title = isNewAccount ? "Create account" : "Sign in";
  const queries = useQueryClient();
  const session = trpc.session.get.useQuery();
  const changeForm = (toNewAccount: boolean): void => {
    setHasChanged(true);
    setIsNewAccount(toNewAccount);
  };
  useTitle(title);
  useAnnouncement(sessionEndSentences[origin.ended ?? "none"]);
  useSignInInOtherTabs();
  const goOn = useEffectEvent(() =>
    installUrl === undefined ? goToPage("/integrations", origin) : location.assign(installUrl),
  );
  const isSignedIn = Boolean(session.data?.user);
  useEffect(() => {
    if (isSignedIn) goOn();
  }, [isSignedIn]);
  return (
    <>
      <Header />
      <main className="alone">
        <h1>{title}</h1>
        <SignInReason origin={origin} isNewAccount={isNewAccount} />
        <SignInForm
          key={title}
          {...{ isNewAccount, typed, setTyped, hasChanged }}
          showSignIn={() => changeForm(false)}
          onSignedIn={() => {
            notifyTabs("signed-in");
            return queries.resetQueries();
          }}
        />
        <OtherForm isNewAccount={isNewAccount} isOpen={session.data?.signUp !== "closed"} changeForm={changeForm} />
      </main>
    </>
  );
}

/** Reloads the session when the user signs in in another tab. */
function useSignInInOtherTabs(): void {
  const queries = useQueryClient();
  useEffect(
    () =>
      listenToTabs((message) => {
        if (message === "signed-in") void queries.invalidateQueries({ queryKey: getSessionQueryKey() });
      }),
    [queries],
  );
}

/** Reads why the user was sent here: from the history entry that this page wrote, or from the address that the API wrote. */
function readOrigin(): NavigationState {
  const state = readNavigationState();
  const named = new URLSearchParams(location.search).get("provider") ?? undefined;
  return { ...state, provider: state.provider ?? named };
}

/** Reads where an installation goes on that started at a provider, while nobody was signed in here. */
function readInstallUrl(): string | undefined {
  const query = new URLSearchParams(location.search);
  const provider = query.get("provider") ?? "";
  const install = query.get("install") ?? "";
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(provider) || !/^[\w-]+\.[\w-]+$/.test(install)) return undefined;
  return `/api/v1/channels/${provider}/auth?install=${install}`;
}

const sessionEndSentences: Readonly<Record<SessionEnd | "none", string | undefined>> = {
  ended: "Your session ended, so you are signed out. Sign in again to go on.",
  "signed-out": "You signed out in another tab. Sign in again to go on.",
  none: undefined,
};

/** Announces why the page changed, because the user did not do it. */
function useAnnouncement(text: string | undefined): void {
  const { announce } = useMessages();
  useEffect(() => {
    if (text !== undefined) announce({ text });
  }, [announce, text]);
}

/** Says what the user signs in for. */
function SignInReason({ origin, isNewAccount }: { origin: NavigationState; isNewAccount: boolean }) {
  const { provider, interrupted, ended } = origin;
  const name = findProviderName(provider);
  if (interrupted)
    return (
      <Notice>You were signed out before {name ?? "the account"} was connected. Sign in, then connect it again.</Notice>
    );
  if (ended && provider === undefined) return <Notice>{sessionEndSentences[ended]}</Notice>;
  const purpose = provider === undefined ? "see and connect your accounts" : `connect ${name ?? "an account"}`;
  return <p className="lead">{isNewAccount ? `Then you can ${purpose}.` : `Sign in to ${purpose}.`}</p>;
}

interface OtherFormProps {
  isNewAccount: boolean;
  /** Accounts can be created here. */
  isOpen: boolean;
  changeForm: (toNewAccount: boolean) => void;
}

/** Leads to the other form. */
function OtherForm({ isNewAccount, isOpen, changeForm }: OtherFormProps) {
  if (!isOpen)
    return <p className="other">No account? None can be created here now. Ask the people who run this site.</p>;
  return (
    <p className="other">
      {isNewAccount ? "Been here before?" : "New here?"}{" "}
      <Button tone="quiet" onClick={() => changeForm(!isNewAccount)}>
        {isNewAccount ? "Use your account" : "Create an account"}
      </Button>
    </p>
  );
}
