import { z } from "zod";
import { personFields } from "../../people-store.ts";

/** A Calendly user. */
export const calendlyPerson = z.object({
  ...personFields,
  uuid: z.string(),
  organization: z.string(),
  slug: z.string(),
  timezone: z.string(),
});

/** A Calendly user. */
export type CalendlyPerson = z.infer<typeof calendlyPerson>;

/** The people of Calendly who live in the sandbox, by id. */
export const calendlyPeople = {
  ada: {
    person: "ada",
    name: "Ada Okafor",
    email: "ada.okafor@lumen-studio.example",
    uuid: "b6c1f7f0-2d5a-4a53-9f0e-6f2f8b9d3a11",
    organization: "0c9a6c35-6d3c-4d0f-8a63-0d9a3f6f8b20",
    slug: "ada-okafor",
    timezone: "Europe/London",
  },
  tomas: {
    person: "tomas",
    name: "Tomás Herrera",
    email: "tomas@herrera-coaching.example",
    uuid: "4f0b7d92-77e4-4c1d-b1c8-52a9d2f6c7e4",
    organization: "e3a1d5b8-90f4-4a6e-a6c9-1b7c4f2d8e05",
    slug: "tomas-herrera",
    timezone: "America/Mexico_City",
  },
} as const satisfies Readonly<Record<string, CalendlyPerson>>;

/** Builds the URI of a user. */
export const buildUserUri = ({ uuid }: CalendlyPerson): string => `https://api.calendly.com/users/${uuid}`;

/** Builds the URI of a user's organization. */
export const buildOrganizationUri = ({ organization }: CalendlyPerson): string =>
  `https://api.calendly.com/organizations/${organization}`;
