/** The code chosen for a contact; kept for the tab, so that a reload in a call keeps it. */
export type Choice = { contact: string; code: string | null; isSettled: boolean };

const KEY = "callcenter.choice";

export function keptChoice(contact: string): Choice {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Choice | null;
    if (kept?.contact === contact) return kept;
  } catch {
    // What is not readable is as good as none.
  }
  return { contact, code: null, isSettled: false };
}

export function forgetChoice(): void {
  sessionStorage.removeItem(KEY);
}

export function keepChoice(choice: Choice): void {
  sessionStorage.setItem(KEY, JSON.stringify(choice));
}
