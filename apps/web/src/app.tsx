import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import type { Lander } from "./landing.ts";
import { usePath } from "./route.ts";
import { type Client, trpc } from "./trpc.ts";
import { Boundary } from "./ui/boundary.tsx";
import { Header } from "./ui/header.tsx";
import { MessagesProvider } from "./ui/messages.tsx";

// Each page is a chunk of its own, so that nobody loads the other first.
const IntegrationsPage = lazy(async () => ({ default: (await import("./pages/integrations.tsx")).IntegrationsPage }));
const SignInPage = lazy(async () => ({ default: (await import("./pages/sign-in.tsx")).SignInPage }));
const NotFoundPage = lazy(async () => ({ default: (await import("./pages/not-found.tsx")).NotFoundPage }));

interface Props {
  client: Client;
  queries: QueryClient;
  lander: Lander;
  /** Leaves for a provider's page. */
  depart: (to: string) => void;
}

export function App({ client, queries, lander, depart }: Props) {
  return (
    <Boundary>
      <trpc.Provider client={client} queryClient={queries}>
        <QueryClientProvider client={queries}>
          <MessagesProvider>
            <Suspense fallback={<Header />}>
              <Page lander={lander} depart={depart} />
            </Suspense>
          </MessagesProvider>
        </QueryClientProvider>
      </trpc.Provider>
    </Boundary>
  );
}

function Page({ lander, depart }: Pick<Props, "lander" | "depart">) {
  const path = usePath();
  if (path === "/integrations") return <IntegrationsPage lander={lander} depart={depart} />;
  if (path === "/sign-in") return <SignInPage />;
  return <NotFoundPage />;
}
