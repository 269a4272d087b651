import { z } from "zod";
import { personFields } from "../../people-store.ts";

/** A Zoom user. */
export const zoomPerson = z.object({
  ...personFields,
  id: z.string(),
  account_id: z.string(),
  type: z.number(),
  pmi: z.number(),
  timezone: z.string(),
});

/** A Zoom user. */
export type ZoomPerson = z.infer<typeof zoomPerson>;

/** The people of Zoom who live in the sandbox, by id. */
export const zoomPeople = {
  priya: {
    person: "priya",
    name: "Priya Raman",
    email: "priya.raman@brightpath-learning.example",
    id: "KDcuGIm1QgePTO8WbOqwIQ",
    account_id: "q6gBJVO5TzexKYTb_I2rpg",
    type: 2,
    pmi: 4_158_772_903,
    timezone: "Asia/Kolkata",
  },
  jonas: {
    person: "jonas",
    name: "Jonas Weber",
    email: "jonas@weber-partner.example",
    id: "z8yCxTTgSDyX9fLhV4rW2A",
    account_id: "EAAAbn7xRmuY3kDq0PvW1w",
    type: 1,
    pmi: 2_047_716_358,
    timezone: "Europe/Berlin",
  },
} as const satisfies Readonly<Record<string, ZoomPerson>>;
