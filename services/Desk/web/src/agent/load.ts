/** The agent's page with its phone; asked for ahead, it is there when an agent who was cut off in mid-call is back. */
export const loadAgentPage = () => import("./AgentPage");

/** Begins to load it; who opens the page then is told when that fails. */
export function loadAgentPageAhead(): void {
  loadAgentPage().catch(() => {});
}
