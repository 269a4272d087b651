import type { ConnectVisit } from "@patchbay/api/router";
import { type ReactNode, useEffect } from "react";
import { describeFailure, type Failure, type FailureCode } from "../sentences.ts";
import { getAppName } from "../ui/title.ts";
import { Button } from "../ui/button.tsx";
import { Header } from "../ui/header.tsx";
import { useMessages } from "../ui/messages.tsx";
import { useTitle } from "../ui/title.ts";
import { BackLink } from "./back-link.tsx";

interface EndingProps {
  title: string;
  text: string;
  /** The visit, where the page knows it. */
  visit?: ConnectVisit | undefined;
  children?: ReactNode;
}

/** Takes the place of the cards where nothing can be connected now: what happened, and what to do next. */
function Ending({ title, text, visit, children }: EndingProps) {
  const { announce } = useMessages();
  useTitle(title, visit?.product);
  useEffect(() => announce({ text: `${title}. ${text}` }), [announce, title, text]);
  return (
    <>
      <Header {...(visit && { product: visit.product })} />
      <main className="alone">
        <h1>{title}</h1>
        <p className="lead">{text}</p>
        {children}
        {visit && <BackLink visit={visit} tone="primary" />}
      </main>
    </>
  );
}

/** What to do next, after the API refused a link for good. */
const refusals: Partial<Record<FailureCode, { title: string; describe: (product: string) => string }>> = {
  connect_session_unknown: {
    title: "This link does not work any more",
    describe: (product) => `It has expired or was cancelled. Go back to ${product} and press Connect again.`,
  },
  session_opened_elsewhere: {
    title: "This link is in use",
    describe: () => "This link was opened in another browser. Go back and press Connect again.",
  },
};

/** The API did not open the link. */
export function RefusedLink({ failure, retry }: { failure: Failure; retry: () => void }) {
  const refusal = failure.code === null ? undefined : refusals[failure.code];
  if (refusal) return <Ending title={refusal.title} text={refusal.describe(getAppName())} />;
  return (
    <Ending title="This link could not be opened" text={describeFailure(failure)}>
      <Button tone="primary" onClick={retry}>
        Try again
      </Button>
    </Ending>
  );
}

/** The page was opened without a link, in a browser that has opened none. */
export function MissingLink() {
  const product = getAppName();
  return (
    <Ending
      title={`Open this page from ${product}`}
      text={`You need a link from ${product} to connect your accounts. Go to ${product} and press Connect there.`}
    />
  );
}

interface OverVisitProps {
  visit: ConnectVisit | undefined;
  /** The name of the provider that the user came back from. */
  unconnected: string | undefined;
}

/** The time of the visit is over, or the product cancelled it. */
export function OverVisit({ visit, unconnected }: OverVisitProps) {
  const product = visit?.product ?? getAppName();
  const result = unconnected === undefined ? "" : `${unconnected} was not connected. `;
  return (
    <Ending
      title="This page has expired"
      text={`${result}Go back to ${product} and press Connect again.`}
      visit={visit}
    />
  );
}

/** Another link was opened in this browser, perhaps for another user. */
export function ReplacedVisit() {
  return (
    <Ending title="Another link was opened in this browser" text="Go on in the tab where you opened it.">
      <Button onClick={() => location.reload()}>Use this tab instead</Button>
    </Ending>
  );
}
