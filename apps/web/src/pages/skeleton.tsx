import { Hidden } from "../ui/hidden.tsx";

/** Holds the place of the cards until they come. */
export function Skeleton() {
  return (
    <div className="cards" aria-busy="true">
      <p>
        <Hidden>Loading your accounts…</Hidden>
      </p>
      {["a", "b", "c", "d", "e", "f"].map((place) => (
        <div className="card ghost" key={place} aria-hidden="true">
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
