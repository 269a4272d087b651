import connectPgSimple from "connect-pg-simple";
import express, { type ErrorRequestHandler, type Express } from "express";
import session from "express-session";
import { Pool } from "pg";
import { databaseUrl, port, secret } from "../contender/settings.ts";

export const pool = new Pool({ connectionString: databaseUrl, max: 10, application_name: "peer" });

/** Express with sessions in PostgreSQL, as connect-pg-simple's documentation has it. */
export function createSessionApp(): Express {
  const app = express();
  const Store = connectPgSimple(session);
  app.disable("x-powered-by");
  app.get("/healthz", (_request, response) => void response.json({}));
  app.use(
    session({
      store: new Store({ pool }),
      secret,
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: 30 * 24 * 60 * 60 * 1000 },
    }),
  );
  return app;
}

export function serve(app: Express): void {
  // oxlint-disable-next-line max-params -- four parameters are how Express knows an error handler
  const lastResort: ErrorRequestHandler = (failure, _request, response, _next) => {
    console.error(failure);
    response.status(500).json({});
  };
  app.use(lastResort);
  const server = app.listen(port, "127.0.0.1");
  server.keepAliveTimeout = 75_000;
}

export interface NewAccount {
  user: string;
  id: string;
  name: string;
  email: string;
  scopes: string[];
  accessToken: string;
  refreshToken: string;
  lasts: number;
}

const insert = `
  insert into account (user_id, provider, external_id, label, email, scopes, access_token, refresh_token, expires_at)
  values ($1, 'zoom', $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))
  on conflict (user_id, provider, external_id) do update
  set label = excluded.label, access_token = excluded.access_token, refresh_token = excluded.refresh_token,
      expires_at = excluded.expires_at
  returning id`;

export async function storeAccount(account: NewAccount): Promise<string> {
  const { user, id, name, email, scopes, accessToken, refreshToken, lasts } = account;
  const { rows } = await pool.query<{ id: string }>(insert, [
    user,
    id,
    name,
    email,
    scopes,
    accessToken,
    refreshToken,
    lasts,
  ]);
  return rows[0]?.id ?? "";
}
