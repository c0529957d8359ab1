import { z } from "zod";

const id = z.string();

export const contactItem = z.object({
  id,
  tenant: id,
  channel: z.string(),
  caller: z.string().nullish(),
  called: z.string().nullish(),
  startedAt: z.string(),
  endedAt: z.string().nullish(),
  queue: id.nullish(),
  agent: id.nullish(),
  termination: z.string().nullish(),
  recordings: z.array(id),
});

export const contactPage = z.object({ items: z.array(contactItem), next: z.string().nullish() });

export const phaseNames = ["alerting", "ivr", "queue", "ring", "talk", "hold", "consult", "wrapUp"] as const;

const leg = z.object({
  id,
  role: z.string(),
  user: id.nullish(),
  startedAt: z.string(),
  endedAt: z.string().nullish(),
  outcome: z.string().nullish(),
  phases: z.partialRecord(z.enum(phaseNames), z.number().nullish()),
});

const origin = z.object({
  name: z.string().nullish(),
  asserted: z.boolean(),
  withheld: z.boolean(),
  diversions: z.array(z.object({ number: z.string(), reason: z.string().nullish() })),
  identity: z.string().nullish(),
});

/** Who spoke when: a place of `slots` is slotMs long; c the caller, o others, b both, blank nobody, - no conversation. */
const speech = z.object({
  conversationMs: z.number(),
  callerMs: z.number(),
  agentMs: z.number(),
  talkOverMs: z.number(),
  silenceMs: z.number(),
  longestSilenceMs: z.number(),
  slotMs: z.number(),
  slots: z.string(),
});

export const contactDetail = contactItem.extend({
  legs: z.array(leg),
  events: z.array(z.object({ id, type: z.string(), source: z.string(), at: z.string() })),
  disposition: z.string().nullish(),
  customer: z.object({ id, name: z.string().nullish() }).nullish(),
  origin: origin.nullish(),
  speech: speech.nullish(),
  callback: z.object({ first: id, firstAt: z.string(), try: z.number(), tries: z.number() }).nullish(),
});

export type ContactItem = z.infer<typeof contactItem>;
export type ContactDetail = z.infer<typeof contactDetail>;
export type Speech = z.infer<typeof speech>;
export type Leg = z.infer<typeof leg>;

export const terminations = [
  "Completed",
  "CallerAbandoned",
  "ShortAbandon",
  "NoAgent",
  "QueueTimeout",
  "QueueFull",
  "Closed",
  "Deflected",
  "Rejected",
  "Failed",
  "NoAnswer",
  "Busy",
  "AbandonedByDialer",
] as const;
