import { change } from "../api/request";
import { type Agent, agent } from "../api/shapes";

/** Sets whether an agent's leg stays up for the shift; the agent's own desk and gateway follow at once. */
export function chooseStandingLeg(id: string, wanted: boolean): Promise<Agent> {
  return change("PUT", `/api/agents/${id}/standing-leg`, { wanted }, agent);
}
