import { ails } from "../cards/health.tsx";
import type { Connection } from "@patchbay/api/router";

interface Props {
  connections: readonly Connection[] | undefined;
  /** The name of the provider whose account is just being connected, empty where that is not known. */
  finishing: string | undefined;
}

/** How the whole stands, in one line. */
export function Summary({ connections, finishing }: Props) {
  if (connections === undefined) return <p className="summary" />;
  if (finishing !== undefined) return <p className="summary">Connecting your {finishing && `${finishing} `}account…</p>;
  const ill = connections.filter(ails).length;
  if (connections.length === 0) return <p className="summary">Nothing is connected yet. Choose where to begin.</p>;
  return (
    <p className="summary">
      {accounts(connections.length)}
      {ill > 0 ? <strong>{ill === 1 ? "1 needs reconnecting" : `${ill} need reconnecting`}</strong> : " connected"}
    </p>
  );
}

const accounts = (count: number): string => (count === 1 ? "1 account" : `${count} accounts`);
