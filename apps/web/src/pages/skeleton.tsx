import { VisuallyHidden } from "../ui/visually-hidden.tsx";

/** Takes the place of the cards until the lists are loaded. */
export function Skeleton() {
  return (
    <div className="cards" aria-busy="true">
      <p>
        <VisuallyHidden>Loading your accounts…</VisuallyHidden>
      </p>
      {["a", "b", "c", "d", "e", "f"].map((key) => (
        <div className="card ghost" key={key} aria-hidden="true">
          <div className="card-head">
            <span className="mark" />
            <div className="card-about">
              <span className="bar short" />
              <span className="bar" />
            </div>
          </div>
        </div>
      ))}
    </div>
  );
}
