import type { QueryClient } from "@tanstack/react-query";
import { loadAgentPage, loadAgentPageAhead } from "../agent/load";
import type { Me } from "../api/shapes";
import { keys, readMe } from "../live/reads";
import { isSomebodysPhone } from "../phone/choices";
import { phoneOnHere } from "../phone/onHere";

/**
 * Who has just signed in, or reloaded the page, may have a caller who waits: who it is, the page and its phone are asked
 * for together. A phone that was on in this tab goes on at once, any other as soon as its agent is known to be at work.
 */
export async function beginAhead(cache: QueryClient): Promise<void> {
  const who = cache.prefetchQuery(readMe);
  if (!isSomebodysPhone()) return;
  loadAgentPageAhead();
  const before = phoneOnHere.of();
  if (before !== null) return beginPhone(before);
  await who;
  const agent = cache.getQueryData<Me>(keys.me)?.agent;
  if (agent && agent.status !== "LoggedOut") await beginPhone(agent.id);
}

/** Without its page there is no phone: the page tells then what is wrong. */
async function beginPhone(user: string): Promise<void> {
  const page = await loadAgentPage().catch(() => null);
  page?.beginPhone(user);
}
