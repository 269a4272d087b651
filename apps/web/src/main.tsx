import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { start } from "./start.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/page.css";
import "./styles/cards.css";
import "./styles/accounts.css";
import "./styles/floating.css";
import "./styles/walk.css";

const parts = start(window);

/** Leaves for a provider's page, until called off. The API chose where; a script or a file it would not be. */
function depart(to: string): () => void {
  const { protocol } = new URL(to);
  if (protocol === "https:" || protocol === "http:") location.assign(to);
  return () => window.stop();
}

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App {...parts} depart={depart} />
    </StrictMode>,
  );
