import { Clock } from "./clock.tsx";
import type { StageProps } from "./stage.tsx";
import { said } from "./words.ts";

/** What went wrong, and how long to wait where that is known. Spoken by the walk, not by itself. */
export function Trouble({ provider, way, walk, view }: Pick<StageProps, "provider" | "way" | "walk" | "view">) {
  const { failure, heldUntil, step } = view;
  if (!failure) return null;
  return (
    <p className="fault">
      {said(failure, { way, step, provider })}
      {heldUntil !== undefined && (
        <>
          {" "}
          <Clock until={heldUntil} over={walk.release} />
        </>
      )}
    </p>
  );
}
