import { appName, type Route, splitScopes, type Switches } from "./face.ts";
import type { Ask, Grants } from "./grants.ts";
import { consentPage } from "./page/consent.ts";
import { noticePage } from "./page/notice.ts";
import type { Patchable } from "./patch.ts";
import type { Person } from "./people.ts";
import { type Answer, type Call, html, redirect, Refusal } from "./wire.ts";

/**
 * A provider's authorize endpoint. GET shows the consent page. POST to the same URL answers it, with the original
 * query (in the URL or as fields), `person` (an id from `/_/people`) and `decision` (`allow` or `deny`); it can be
 * called without a browser.
 */
export interface ConsentScreen {
  readonly title: string;
  readonly host: string | RegExp;
  readonly path: string;
  /** Reads and judges what the app asks for; refuses as the provider does. */
  judge(asked: URLSearchParams, call: Call): Ask;
  /** Who may answer it here. */
  people(call: Call): readonly Person[];
  allow(ask: Ask, person: Person): Answer;
  deny(ask: Ask): Answer;
}

export function consentRoutes(screen: ConsentScreen): Route[] {
  const { host, path } = screen;
  return [
    { method: "GET", host, path, handle: (call) => show(screen, call) },
    { method: "POST", host, path, handle: (call) => decide(screen, call) },
  ];
}

const ours = new Set(["person", "decision"]);

/** The query of the authorize request, whether it comes in the URL or in the form's hidden fields. */
function asked(call: Call): URLSearchParams {
  const query = new URLSearchParams(call.query);
  for (const name of new Set(call.form.keys())) {
    query.delete(name);
    for (const value of call.form.getAll(name)) query.append(name, value);
  }
  for (const name of ours) query.delete(name);
  return query;
}

function show(screen: ConsentScreen, call: Call): Answer {
  const query = asked(call);
  const { scopes } = screen.judge(query, call);
  return html(
    200,
    consentPage({
      provider: screen.title,
      app: appName,
      host: call.host,
      action: `/${call.host}${call.path}`,
      hidden: [...query],
      people: screen.people(call),
      scopes,
    }),
  );
}

function decide(screen: ConsentScreen, call: Call): Answer {
  const ask = screen.judge(asked(call), call);
  if (call.form.get("decision") === "deny") return screen.deny(ask);
  const person = screen.people(call).find(({ person }) => person === call.form.get("person"));
  if (call.form.get("decision") === "allow" && person) return screen.allow(ask, person);
  throw new Refusal(
    html(
      422,
      noticePage({
        title: screen.title,
        heading: "Choose a person and a decision",
        text: "Send person=<an id from /_/people> and decision=allow or decision=deny.",
      }),
    ),
  );
}

export interface Consent {
  readonly value: string;
  readonly ask: Ask;
  readonly person: Person;
  readonly lifetime: number;
}

/** Records the person's yes, with fewer scopes than were asked for where a switch says so. */
export function giveConsent(face: { grants: Grants; switches: Patchable<Switches> }, consent: Consent): Ask {
  const { grantedScopes } = face.switches.current();
  const scopes = grantedScopes === undefined ? consent.ask.scopes : splitScopes(grantedScopes);
  const ask = { ...consent.ask, scopes };
  face.grants.issueCode({ ...consent, ask, person: consent.person.person });
  return ask;
}

export type ReturnParameter = readonly [name: string, value: string | undefined];

/** Sends the browser back to the app; parameters without a value are left out. */
export function returnTo(uri: string, parameters: readonly ReturnParameter[], switches: Switches): Answer {
  const sent = new Map<string, string | readonly string[]>();
  for (const [name, value] of parameters) if (value !== undefined) sent.set(name, value);
  for (const [name, value] of Object.entries(switches.returns ?? {})) {
    if (value === null) sent.delete(name);
    else sent.set(name, value);
  }
  const pairs = [...sent].flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  const joint = uri.includes("?") ? "&" : "?";
  return redirect(pairs.length === 0 ? uri : `${uri}${joint}${pairs.join("&")}`);
}
