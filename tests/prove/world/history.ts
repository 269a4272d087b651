import type { Pool } from "pg";

/** What befell a credential, as the database itself saw it. `process` is the life of an API process. */
export interface Moment {
  credential: string;
  /** `sent`: a holder took the lease to refresh this version. `stored`: this version came. `ended`: it is dead now. `left`: the lease was given back. */
  kind: "sent" | "stored" | "ended" | "left";
  version: number;
  process: string;
  status: string;
  reason: string | null;
  /** Whether the access token before was still good. */
  ahead: boolean | null;
  /** Milliseconds. */
  at: number;
}

const install = `
  create unlogged table prove_moment (
    credential uuid not null, kind text not null, version integer not null, process text not null,
    status text not null, reason text, ahead boolean, at timestamptz not null);
  create function prove_credential() returns trigger language plpgsql set search_path to patchbay as $$
  declare what text := case
    when new.status <> old.status then 'ended'
    when new.version > old.version then 'stored'
    when new.lease_owner is not null and new.lease_owner is distinct from old.lease_owner
      and new.refresh_sent_at is not null then 'sent'
    when new.lease_owner is null and old.lease_owner is not null then 'left' end;
  begin
    if what is not null then
      insert into prove_moment values (new.id, what, new.version, current_setting('application_name'),
        new.status, new.reason, old.expires_at > clock_timestamp(), clock_timestamp());
    end if;
    return null;
  end $$;
  create trigger prove_credential after update of status, version, lease_owner on credential
  for each row execute function prove_credential();
  create unlogged table prove_handled (event bigint not null, at timestamptz not null);
  create function prove_handling() returns trigger language plpgsql set search_path to patchbay as $$
  begin
    insert into prove_handled values (new.id, clock_timestamp());
    return null;
  end $$;
  create trigger prove_handling after update of handled_at on webhook_event for each row
  when (new.handled_at is not null) execute function prove_handling();`;

/** Has the database itself write down what happens, so that no process need be believed. */
export async function watchHistory(pool: Pool): Promise<void> {
  await pool.query(install);
}

export async function readHistory(pool: Pool): Promise<Moment[]> {
  const { rows } = await pool.query<Moment>(
    `select credential, kind, version, process, status, reason, ahead, (extract(epoch from at) * 1000)::float8 as at
     from prove_moment order by prove_moment.at`,
  );
  return rows;
}
