import { Component, type ReactNode } from "react";
import { Button } from "./button.tsx";

/** What is left when the page itself breaks. React knows no other way than a class. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <main className="alone">
        <h1>This page broke</h1>
        <p>Your connections are not affected. Load the page again; if it stays, tell us.</p>
        <Button tone="primary" onClick={() => location.reload()}>
          Load again
        </Button>
      </main>
    );
  }
}
