import { z } from "zod";

/** What an agent wrote on customers' cards and has not saved: kept for the tab, whatever becomes of the contact meanwhile. */
const draft = z.object({
  customer: z.string(),
  numbers: z.array(z.string()),
  version: z.number(),
  name: z.string(),
  notes: z.string(),
});

export type Draft = z.infer<typeof draft>;

const KEY = "callcenter.drafts";
/** An agent writes on one card at a time; more are what was left behind. */
const MOST = 10;

export function keptDrafts(): Draft[] {
  try {
    return z.array(draft).parse(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
  } catch {
    // What is not readable is as good as none.
    return [];
  }
}

export function draftOf(customer: string): Draft | null {
  return keptDrafts().find((one) => one.customer === customer) ?? null;
}

export function keepDraft(value: Draft): void {
  const others = keptDrafts().filter(({ customer }) => customer !== value.customer);
  sessionStorage.setItem(KEY, JSON.stringify([value, ...others].slice(0, MOST)));
}

export function forgetDraft(customer: string): void {
  sessionStorage.setItem(KEY, JSON.stringify(keptDrafts().filter((one) => one.customer !== customer)));
}
