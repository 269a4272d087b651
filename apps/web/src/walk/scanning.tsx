import { guideOf } from "../marks/guides.ts";
import { Button } from "../ui/button.tsx";
import { Hidden } from "../ui/hidden.tsx";
import { QrCode } from "./qr-code.tsx";
import type { StageProps } from "./stage.tsx";
import { Trouble } from "./trouble.tsx";
import { small } from "./words.ts";

/** A code for the user's phone. A new one takes its place before anybody notices. */
export function Scanning(props: StageProps) {
  const { provider, view, walk, other, change } = props;
  const asks = other === "ask" ? provider.fields[0] : undefined;
  const none = view.failure !== undefined && view.step === undefined;
  return (
    <div className="scanning">
      {!none && <Code {...{ provider, view }} />}
      <Trouble {...props} />
      {none && (
        <Button tone="primary" held={view.heldUntil !== undefined} onClick={walk.restart}>
          Try again
        </Button>
      )}
      {asks && (
        <Button tone="quiet" onClick={() => change("ask")}>
          I cannot scan: use my {small(asks.label)}
        </Button>
      )}
    </div>
  );
}

function Code({ provider: { id, name }, view: { step, busy, failure } }: Pick<StageProps, "provider" | "view">) {
  return (
    <>
      <div className={failure ? "qr-frame stale" : "qr-frame"} aria-busy={busy !== undefined}>
        {step?.type === "scan" && <QrCode text={step.code} label={`Code to scan with ${name} on your phone`} />}
        {busy && <Hidden>Waiting for a code…</Hidden>}
      </div>
      <ol className="steps">
        <li>Open {name} on your phone.</li>
        <li>{guideOf(id)}</li>
        <li>Point your phone at this code.</li>
      </ol>
    </>
  );
}
