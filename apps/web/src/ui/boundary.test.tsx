import { createRoot } from "react-dom/client";
import { expect, it, vi } from "vitest";
import { Boundary, useRetry } from "./boundary.tsx";

it("a boundary replaces only the part that broke, and draws it again when asked", async () => {
  const container = document.body.appendChild(document.createElement("div"));
  const root = createRoot(container, { onCaughtError: () => undefined });
  let broken = true;
  function Fragile() {
    if (broken) throw new Error("broken");
    return <p>whole</p>;
  }
  function Again() {
    const retry = useRetry();
    return <button onClick={retry}>Try again</button>;
  }
  root.render(
    <main>
      <Boundary instead={<Again />}>
        <Fragile />
      </Boundary>
      <p>beside</p>
    </main>,
  );
  await vi.waitFor(() => expect(container.textContent).toBe("Try againbeside"));
  broken = false;
  container.querySelector("button")?.click();
  await vi.waitFor(() => expect(container.textContent).toBe("wholebeside"));
  root.unmount();
});
