import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ConnectLink } from "../bootstrap.ts";
import type { Navigate } from "../cards/use-redirect-flow.ts";
import type { FinishController } from "../finish-connect.ts";
import { notifyTabs } from "../live/tab-channel.ts";
import { postForm } from "../post-form.ts";
import type { Failure } from "../sentences.ts";
import { Header } from "../ui/header.tsx";
import { RefusedLink } from "./connect-endings.tsx";
import { VisitPage } from "./connect-visit.tsx";
import { Skeleton } from "./skeleton.tsx";

interface ConnectPageProps {
  finish: FinishController;
  navigate: Navigate;
  link: ConnectLink;
}

/** The page of a connect link: for one user of a product, who never signs in here. Opens the link, then shows the visit. */
export function ConnectPage(props: ConnectPageProps) {
  const { opened, failure, retry } = useOpening(props.link.token);
  useReloadForNewLink();
  if (opened) return <VisitPage {...props} />;
  if (failure) return <RefusedLink failure={failure} retry={retry} />;
  return (
    <>
      <Header />
      <main className="page">
        <Skeleton />
      </main>
    </>
  );
}

const tokenPattern = /^pbcs_[\w-]{43}$/;

/** Opens the link, once. A page without a token was opened before, and has the cookie. */
function useOpening(token: string): { opened: boolean; failure: Failure | undefined; retry: () => void } {
  const { data, refetch } = useQuery({
    queryKey: ["connect link"],
    queryFn: () => openLink(token),
    // A disabled query is not sent again when everything else is, after the browser shows this page again.
    enabled: ({ state }) => token !== "" && state.data === undefined,
    staleTime: Infinity,
    gcTime: Infinity,
  });
  const failure = data === "opened" ? undefined : data;
  return { opened: token === "" || data === "opened", failure, retry: () => void refetch() };
}

/** Sends the token to the API, which gives this browser a cookie for it. The token is kept nowhere. */
async function openLink(token: string): Promise<Failure | "opened"> {
  if (!tokenPattern.test(token)) return { code: "connect_session_unknown" };
  // The cookie is the browser's. Pages of an earlier link would show this link's user from now on.
  notifyTabs("signed-in");
  return (await postForm("/api/v1/connect/open?session=connect", { token })) ?? "opened";
}

/** A link that is pasted into the address of this page changes only its fragment, which loads nothing by itself. */
function useReloadForNewLink(): void {
  useEffect(() => {
    const reload = (): void => {
      if (location.hash.startsWith("#pbcs_")) location.reload();
    };
    window.addEventListener("hashchange", reload);
    return () => window.removeEventListener("hashchange", reload);
  }, []);
}
