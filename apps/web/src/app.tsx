import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ComponentType, createElement, useEffect, useState } from "react";
import type { Depart } from "./cards/connecting.ts";
import type { Lander } from "./landing.ts";
import { usePath } from "./route.ts";
import { type Client, trpc } from "./trpc.ts";
import { Boundary, BrokenPage } from "./ui/boundary.tsx";
import { Header } from "./ui/header.tsx";
import { MessagesProvider } from "./ui/messages.tsx";

interface PageProps {
  lander: Lander;
  depart: Depart;
}
type PageOf = () => Promise<ComponentType<PageProps>>;

// Each page is a chunk of its own, so that nobody loads the other first.
const pages: Readonly<Record<string, PageOf>> = {
  "/integrations": async () => (await import("./pages/integrations.tsx")).IntegrationsPage,
  "/sign-in": async () => (await import("./pages/sign-in.tsx")).SignInPage,
};
const notFound: PageOf = async () => (await import("./pages/not-found.tsx")).NotFoundPage;

interface Props extends PageProps {
  client: Client;
  queries: QueryClient;
}

export function App({ client, queries, lander, depart }: Props) {
  return (
    <Boundary instead={<Broken />}>
      <trpc.Provider client={client} queryClient={queries}>
        <QueryClientProvider client={queries}>
          <MessagesProvider>
            <Page lander={lander} depart={depart} />
          </MessagesProvider>
        </QueryClientProvider>
      </trpc.Provider>
    </Boundary>
  );
}

function Broken() {
  return (
    <BrokenPage title="Something went wrong">
      Your connections are not affected. Load the page again; if it keeps happening, tell the people who run this site.
    </BrokenPage>
  );
}

function Page(props: PageProps) {
  const found = usePage(pages[usePath()] ?? notFound);
  if (found === "lost") return <Lost />;
  return found ? createElement(found, props) : <Header />;
}

/** The page's file did not come: the network is gone, or a new version has taken the place of this one. */
function Lost() {
  return (
    <>
      <Header />
      <BrokenPage title="This page could not be loaded.">
        Check your connection to the internet, then load it again.
      </BrokenPage>
    </>
  );
}

const loaded = new Map<PageOf, ComponentType<PageProps>>();

/**
 * The page, once its chunk is there, or that it does not come. `lazy` would do, but React leaves what stood in its place for
 * 300 ms at the least, and the page asks the API for nothing before it is shown.
 */
function usePage(load: PageOf): ComponentType<PageProps> | "lost" | undefined {
  const [, come] = useState(0);
  const [lost, lose] = useState<PageOf>();
  useEffect(() => {
    if (loaded.has(load)) return;
    const fetchPage = async (): Promise<void> => {
      try {
        loaded.set(load, await load());
        come((count) => count + 1);
      } catch {
        lose(() => load);
      }
    };
    void fetchPage();
  }, [load]);
  return loaded.get(load) ?? (lost === load ? "lost" : undefined);
}
