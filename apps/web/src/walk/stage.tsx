import { useEffect, useMemo, useRef } from "react";
import type { ProviderCard } from "@patchbay/api/router";
import { OpeningForm } from "../cards/opening-form.tsx";
import { Button } from "../ui/button.tsx";
import { AnswerForm } from "./answer-form.tsx";
import { Scanning } from "./scanning.tsx";
import type { Way } from "./step.ts";
import { Trouble } from "./trouble.tsx";
import type { View } from "./view.ts";
import type { Walk } from "./walk.ts";
import { type Asker, said } from "./words.ts";

export interface StageProps {
  provider: ProviderCard & Asker;
  way: Way;
  walk: Walk;
  view: View;
  /** The other way, where there is one. */
  other: Way | undefined;
  change: (way: Way) => void;
  /** Begins again, for whichever account. */
  another: () => void;
}

/** What the user is to do now. */
export function Stage(props: StageProps) {
  const { view, way, provider, walk } = props;
  if (view.over) return <Over {...props} />;
  if (view.step?.type === "ask") return <AnswerForm key={view.step.question.name} {...props} asked={view.step} />;
  if (way === "scan" || view.step || provider.fields.length === 0) return <Scanning {...props} />;
  return <Opening {...{ view, way, provider, walk }} />;
}

/** The questions before the first step. */
function Opening({ provider, way, walk, view }: Pick<StageProps, "provider" | "way" | "walk" | "view">) {
  const { failure, busy, heldUntil } = view;
  const asked = provider.fields.find(({ name }) => name === failure?.field);
  // The same object until the next refusal: focus goes to the field once.
  const fault = useMemo(
    () => failure && asked && { field: asked.name, sentence: said(failure, { way, step: undefined, provider }) },
    [failure, asked, way, provider],
  );
  // Who came here by a link that is gone now goes on in the field. Who chose among the tabs stays there.
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (document.activeElement?.getAttribute("role") !== "tab") box.current?.querySelector("input")?.focus();
  }, []);
  return (
    <div className="ask" ref={box}>
      <OpeningForm
        questions={provider.fields}
        initial={walk.opened()}
        fault={fault}
        answered={walk.begin}
        button={
          <Button type="submit" tone="primary" busy={busy !== undefined} held={heldUntil !== undefined}>
            {busy ? "One moment…" : "Continue"}
          </Button>
        }
      />
      {!fault && <Trouble {...{ provider, way, walk, view }} />}
    </div>
  );
}

function Over({ provider, way, walk, view, another }: StageProps) {
  const start = useRef<HTMLButtonElement>(null);
  useEffect(() => start.current?.focus(), []);
  return (
    <div className="over">
      <Trouble {...{ provider, way, walk, view }} />
      <Button tone="primary" ref={start} onClick={walk.restart}>
        Start again
      </Button>
      {view.failure?.code === "account_mismatch" && <Button onClick={another}>Connect it as another account</Button>}
    </div>
  );
}
