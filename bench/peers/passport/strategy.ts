import type { Request } from "express";
import OAuth2Strategy from "passport-oauth2";
import { clientId, clientSecret } from "../../world/secrets.ts";

export interface Person {
  id: string;
  display_name: string;
  email: string;
}

export interface Zoom {
  tokens: { accessToken: string; refreshToken: string; expires_in: number; scope: string };
  person: Person;
}

type Stored = (error: unknown, id?: { id: string }) => void;
type Params = { expires_in: number; scope: string };

/** A provider as passport-oauth2 wants it: a strategy of its own that knows where a profile comes from. */
export class ZoomStrategy extends OAuth2Strategy {
  override readonly name = "zoom";
  readonly profileUrl: string;

  constructor(
    { providerUrl, publicUrl }: { providerUrl: string; publicUrl: string },
    store: (request: Request, granted: Zoom) => Promise<string>,
  ) {
    const options = {
      authorizationURL: `${providerUrl}/zoom.us/oauth/authorize`,
      tokenURL: `${providerUrl}/zoom.us/oauth/token`,
      clientID: clientId("zoom"),
      clientSecret: clientSecret("zoom"),
      callbackURL: `${publicUrl}/connect/zoom/callback`,
      state: true,
      pkce: true,
      passReqToCallback: true,
    } as const;
    // oxlint-disable-next-line max-params -- passport-oauth2 tells by their number what it is to be given
    super(options, (request, accessToken, refreshToken, params, profile: unknown, done) => {
      const tokens = { accessToken, refreshToken, ...(params as unknown as Params) };
      const tell = done as Stored;
      store(request, { tokens, person: profile as Person }).then((id) => tell(null, { id }), tell);
    });
    this.profileUrl = `${providerUrl}/api.zoom.us/v2/users/me`;
    this._oauth2.useAuthorizationHeaderforGET(true);
  }

  override userProfile(accessToken: string, done: (error?: unknown, profile?: unknown) => void): void {
    this._oauth2.get(this.profileUrl, accessToken, (failure, body) => {
      if (failure) return done(failure);
      done(null, JSON.parse(String(body)));
    });
  }
}
