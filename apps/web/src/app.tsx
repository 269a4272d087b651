import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ComponentType, createElement, useEffect, useState } from "react";
import type { ConnectLink } from "./bootstrap.ts";
import type { Navigate } from "./cards/use-redirect-flow.ts";
import type { FinishController } from "./finish-connect.ts";
import { usePath } from "./route.ts";
import { type ApiClient, trpc } from "./trpc.ts";
import { Boundary, BrokenPage } from "./ui/boundary.tsx";
import { Header } from "./ui/header.tsx";
import { MessagesProvider } from "./ui/messages.tsx";

interface PageProps {
  finish: FinishController;
  navigate: Navigate;
  link: ConnectLink;
}
type Page = ComponentType<PageProps>;
type LoadPage = () => Promise<Page>;

// Each page is a chunk of its own, so that no visit loads another page first.
const pages: Readonly<Record<string, LoadPage>> = {
  "/connect": async () => (await import("./pages/connect.tsx")).ConnectPage,
  "/integrations": async () => (await import("./pages/integrations.tsx")).IntegrationsPage,
  "/sign-in": async () => (await import("./pages/sign-in.tsx")).SignInPage,
};
const loadNotFoundPage: LoadPage = async () => (await import("./pages/not-found.tsx")).NotFoundPage;

interface AppProps extends PageProps {
  client: ApiClient;
  queries: QueryClient;
}

/** The whole page: its providers, and the page for the current path. */
export function App({ client, queries, ...page }: AppProps) {
  return (
    <Boundary instead={<BrokenApp />}>
      <trpc.Provider client={client} queryClient={queries}>
        <QueryClientProvider client={queries}>
          <MessagesProvider>
            <CurrentPage {...page} />
          </MessagesProvider>
        </QueryClientProvider>
      </trpc.Provider>
    </Boundary>
  );
}

function BrokenApp() {
  return (
    <BrokenPage title="Something went wrong">
      Your connections are not affected. Load the page again; if it keeps happening, tell the people who run this site.
    </BrokenPage>
  );
}

function CurrentPage(props: PageProps) {
  return <LoadedPage load={pages[usePath()] ?? loadNotFoundPage} {...props} />;
}

function LoadedPage({ load, ...props }: PageProps & { load: LoadPage }) {
  const page = usePage(load);
  if (page === "failed") return <MissingPage />;
  return page ? createElement(page, props) : <Header />;
}

/** The page's file did not load: the network is gone, or an update has replaced the file. */
function MissingPage() {
  return (
    <>
      <Header />
      <BrokenPage title="This page could not be loaded.">
        Check your connection to the internet, then load it again.
      </BrokenPage>
    </>
  );
}

/**
 * Loads a page. React's `lazy` would do the same, but React shows a fallback for at least 300 ms, and
 * the page asks the API for nothing before it is shown.
 */
function usePage(load: LoadPage): Page | "failed" | undefined {
  const [loaded, setLoaded] = useState<ReadonlyMap<LoadPage, Page | "failed">>(new Map());
  useEffect(() => {
    if (loaded.has(load)) return;
    const storePage = (page: Page | "failed"): void => setLoaded((now) => new Map(now).set(load, page));
    load().then(storePage, () => storePage("failed"));
  }, [load, loaded]);
  return loaded.get(load);
}
