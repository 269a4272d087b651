import { Component, createContext, type ReactNode, use } from "react";
import { Button } from "./button.tsx";

interface Props {
  children: ReactNode;
  /** Stands in the place of what broke. */
  instead: ReactNode;
}

const Retry = createContext<() => void>(() => undefined);

/** For what stands in the place of something broken: draws that again. */
export const useRetry = (): (() => void) => use(Retry);

/** Keeps what breaks while it is drawn from taking more than itself away. React knows no other way than a class. */
export class Boundary extends Component<Props, { broken: boolean }> {
  override state = { broken: false };

  retry = (): void => this.setState({ broken: false });

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return <Retry value={this.retry}>{this.props.instead}</Retry>;
  }
}

/** A page that cannot be shown. */
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
