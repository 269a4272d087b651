// An application on passport and passport-oauth2, with express-session and connect-pg-simple, as their documentation has it.
import { type RequestHandler } from "express";
import passport from "passport";
import { providerUrl, publicUrl } from "../../contender/settings.ts";
import { createSessionApp, pool, serve, storeAccount } from "../express.ts";
import { ZoomStrategy, type Zoom } from "./strategy.ts";

interface User {
  id: string;
  name: string;
  email: string;
}

passport.serializeUser<string>((user, done) => done(null, (user as User).id));
passport.deserializeUser<string>((id, done) => {
  pool.query<User>("select id, name, email from users where id = $1", [id]).then(
    ({ rows }) => done(null, rows[0] ?? false),
    (failure: unknown) => done(failure),
  );
});
passport.use(
  new ZoomStrategy({ providerUrl, publicUrl }, (request, granted) => store((request.user as User).id, granted)),
);

const app = createSessionApp();
app.use(passport.session());

const signedIn: RequestHandler = (request, response, next) =>
  request.isAuthenticated() ? next() : void response.status(401).json({});

app.get("/connect/zoom", signedIn, passport.authorize("zoom") as RequestHandler);
app.get("/connect/zoom/callback", signedIn, passport.authorize("zoom") as RequestHandler, (_request, response) =>
  response.redirect("/integrations?connected=zoom"),
);

const columns = `id, provider, external_id as "externalId", label, email, scopes, details, connected_at as "connectedAt"`;

app.get("/accounts", signedIn, async (request, response) => {
  const { id } = request.user as User;
  const { rows } = await pool.query(`select ${columns} from account where user_id = $1 order by id`, [id]);
  response.json(rows);
});

const tokenOf = `
  select access_token as "accessToken", expires_at as "expiresAt", scopes from account where id = $1 and user_id = $2`;

app.post("/accounts/:id/token", signedIn, async (request, response) => {
  const { rows } = await pool.query<{ expiresAt: Date }>(tokenOf, [request.params["id"], (request.user as User).id]);
  const [found] = rows;
  if (found === undefined || found.expiresAt.getTime() < Date.now() + 60_000) return void response.status(409).json({});
  response.json(found);
});

serve(app);

async function store(user: string, { tokens, person }: Zoom): Promise<string> {
  const { id, display_name: name, email } = person;
  const { accessToken, refreshToken, expires_in: lasts, scope } = tokens;
  return await storeAccount({ user, id, name, email, scopes: scope.split(" "), accessToken, refreshToken, lasts });
}
