import type { Connection } from "@patchbay/api/router";
import { needsAttention } from "../cards/health.tsx";

interface SummaryProps {
  connections: readonly Connection[] | undefined;
  /** The provider whose account is being connected. Empty if the provider is not known. */
  finishing: string | undefined;
}

/** Summarizes all accounts in one line. */
export function Summary({ connections, finishing }: SummaryProps) {
  if (connections === undefined) return <p className="summary" />;
  if (finishing !== undefined) return <p className="summary">Connecting your {finishing && `${finishing} `}account…</p>;
  if (connections.length === 0) return <p className="summary">Nothing is connected yet. Choose where to begin.</p>;
  const broken = connections.filter(needsAttention).length;
  const waiting = connections.filter(({ status }) => status === "pending").length;
  return (
    <p className="summary">
      {connections.length === 1 ? "1 account" : `${connections.length} accounts`}
      {broken > 0 ? (
        <strong>{broken === 1 ? "1 needs reconnecting" : `${broken} need reconnecting`}</strong>
      ) : waiting > 0 ? (
        <strong>{waiting} waiting</strong>
      ) : (
        " connected"
      )}
    </p>
  );
}
