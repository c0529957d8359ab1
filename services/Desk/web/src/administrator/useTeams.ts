import { useQuery } from "@tanstack/react-query";
import { get } from "../api/request";
import { teamsOf } from "../api/teams";
import { agentTeams } from "./shapes";

const path = "/api/agents";

/** Where the agents' teams are kept: to be read again after a change. */
export const teamsKey = ["list", path] as const;

/** The teams that there are, and each agent's. */
export function useTeams() {
  const { data } = useQuery({ queryKey: teamsKey, queryFn: () => get(path, agentTeams) });
  const items = data?.items ?? [];
  return {
    teams: teamsOf(items),
    teamOf: (agent: string) => items.find(({ id }) => id === agent)?.team ?? "",
  };
}
