import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Face } from "../face.ts";
import { type Letter, orderFields } from "../webhooks/letter.ts";
import type { Delivered, Outbox } from "../webhooks/outbox.ts";
import { able, named, personAt } from "./faces.ts";

interface Post {
  readonly faces: readonly Face[];
  readonly clock: Clock;
  readonly outbox: Outbox;
}

const signSchema = z.strictObject({
  ...orderFields,
  provider: z.string(),
  /** Several people take turns. */
  person: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  count: z.number().int().min(1).max(1_000_000).default(1),
  /** How often each is sent once more, with the same id and bytes. */
  duplicates: z.number().int().min(0).max(1000).default(0),
});
const emitSchema = signSchema.extend({ retries: z.number().int().min(0).max(100).default(0) });

/** Each letter as often as it is to be sent, written only when its turn comes. */
async function* written({ faces, clock }: Post, asked: z.infer<typeof signSchema>): AsyncGenerator<Letter> {
  const { provider, person, count, duplicates, id, ...rest } = asked;
  const face = named(faces, provider);
  const hooks = able(face, face.hooks);
  const people = [person].flat();
  for (let nth = 0; nth < count; nth += 1) {
    const own = { person: people[nth % people.length], id: count === 1 ? id : id && `${id}-${nth + 1}`, nth };
    for (const letter of await hooks.write({ ...rest, ...own, at: asked.at ?? clock.now() }))
      for (let copy = 0; copy <= duplicates; copy += 1) yield letter;
  }
}

/** How many deliveries are under way at once, and how many are told of one by one. */
const width = 16;
const told = 20;

export async function emit(post: Post, body: unknown): Promise<object> {
  const { retries, ...asked } = emitSchema.parse(body);
  const letters = written(post, asked);
  const deliveries: object[] = [];
  const totals: Record<string, number> = {};
  let attempts = 0;
  await inParallel(letters, async (letter) => {
    const delivered = await post.outbox.deliver(letter, retries);
    totals[delivered.status] = (totals[delivered.status] ?? 0) + 1;
    attempts += delivered.attempts;
    if (deliveries.length <= told) deliveries.push(summary(letter, delivered));
  });
  return deliveries.length > told ? { totals, attempts } : { deliveries };
}

async function inParallel<T>(items: AsyncIterator<T>, work: (item: T) => Promise<void>): Promise<void> {
  const worker = async (): Promise<void> => {
    for (let step = await items.next(); step.done !== true; step = await items.next()) await work(step.value);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

function summary({ id, forged, validates }: Letter, { status, body, attempts }: Delivered): object {
  return {
    id,
    status,
    body,
    attempts,
    ...(forged !== undefined && { forged }),
    ...(validates && { validated: status === 200 && validates(body) }),
  };
}

/** The same letters, for whoever wants to send them otherwise. */
export async function sign(post: Post, body: unknown): Promise<object> {
  const requests: object[] = [];
  for await (const { id, url, headers, body: text, forged } of written(post, signSchema.parse(body)))
    requests.push({ id, url, headers, body: text, ...(forged !== undefined && { forged }) });
  return { requests };
}

const removeSchema = z.strictObject({
  provider: z.string(),
  person: z.string().optional(),
  shop: z.string().optional(),
  deliver: z.boolean().default(true),
});

/** The person removes the app at the provider, which tells the app in the background if it ever does. */
export async function remove({ faces, outbox }: Post, body: unknown): Promise<object> {
  const { provider, deliver, ...who } = removeSchema.parse(body);
  const face = named(faces, provider);
  const { ended, letters } = await able(face, face.remove)(personAt(face, who));
  if (deliver) outbox.later(letters);
  return { ended, events: deliver ? letters.map(({ event, id, url }) => ({ event, id, url })) : [] };
}

const listSchema = z.object({ provider: z.string().optional() });

export function subscriptions({ faces }: Post, query: unknown): object[] {
  const { provider } = listSchema.parse(query);
  const chosen = provider === undefined ? faces : [named(faces, provider)];
  return chosen.flatMap(({ id, subscriptions }) =>
    (subscriptions?.list() ?? []).map((one) => ({ provider: id, ...one })),
  );
}
