import { useQuery } from "@tanstack/react-query";
import { readMe, readWallboard } from "../live/reads";

/** Names of what the lists have ids of, as far as the user may see them. */
export function useNames() {
  const { data: me } = useQuery(readMe);
  const { data: board } = useQuery(readWallboard);
  const named = (items: readonly { id: string; name: string }[] | null | undefined) => {
    const names = new Map((items ?? []).map((item) => [item.id, item.name]));
    return (id: string | null | undefined) => (id ? (names.get(id) ?? null) : null);
  };
  return {
    tenants: me?.tenants ?? [],
    queues: board?.queues ?? [],
    agents: board?.agents ?? [],
    tenant: named(me?.tenants),
    queue: named(board?.queues),
    agent: named(board?.agents),
    seesAgents: me?.role === "supervisor" || me?.role === "administrator",
  };
}
