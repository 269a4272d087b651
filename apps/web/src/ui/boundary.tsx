import { Component, createContext, type ReactNode, use } from "react";
import { Button } from "./button.tsx";

interface BoundaryProps {
  children: ReactNode;
  /** Takes the place of children that fail to draw. */
  instead: ReactNode;
}

const RetryContext = createContext<() => void>(() => undefined);

/** Gets a function that draws the children of the boundary above again. */
export const useRetry = (): (() => void) => use(RetryContext);

/** Limits an error while drawing to its children. React offers this to class components only. */
export class Boundary extends Component<BoundaryProps, { broken: boolean }> {
  override state = { broken: false };

  retry = (): void => this.setState({ broken: false });

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return <RetryContext value={this.retry}>{this.props.instead}</RetryContext>;
  }
}

/** Takes the place of a page that cannot be shown, and offers to load it again. */
export function BrokenPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="alone">
      <h1>{title}</h1>
      <p>{children}</p>
      <Button tone="primary" onClick={() => location.reload()}>
        Load again
      </Button>
    </main>
  );
}
