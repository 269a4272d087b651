import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { bootstrapPage } from "./bootstrap.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/page.css";
import "./styles/cards.css";
import "./styles/accounts.css";
import "./styles/floating.css";
import "./styles/connect-dialog.css";

const parts = bootstrapPage(window);

/** Sends the browser to a provider's page. The API chose the address. Only http and https are opened. */
function navigate(to: string): () => void {
  const { protocol } = new URL(to);
  if (protocol === "https:" || protocol === "http:") location.assign(to);
  return () => window.stop();
}

const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App {...parts} navigate={navigate} />
    </StrictMode>,
  );
