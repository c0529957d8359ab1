import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useReducer, useRef } from "react";
import { change } from "../api/request";
import { type Agent, agent as agentShape, type Me } from "../api/shapes";
import { isNotOlder } from "../live/messages";
import { keys } from "../live/reads";
import { settled, statusChange, type Wish } from "./statusChange";

const CONFIRM_WITHIN_MS = 1_000;

/** The agent's own status: what is shown while a change is under way, and how to choose. */
export function useStatus(agent: Agent) {
  const cache = useQueryClient();
  const [state, send] = useReducer(statusChange, settled);
  const numbers = useRef(0);

  useEffect(() => send({ on: "told", agent }), [agent]);

  const choose = useCallback(
    (wish: Wish) => {
      const number = ++numbers.current;
      send({ on: "choose", wish, number });
      const late = setTimeout(() => send({ on: "late", number }), CONFIRM_WITHIN_MS);
      change("PUT", `/api/agents/${agent.id}/status`, wish, agentShape)
        .then((confirmed) => {
          // The hub may have told something later than this answer.
          cache.setQueryData<Me>(keys.me, (me) =>
            me?.agent && isNotOlder(confirmed, me.agent) ? { ...me, agent: confirmed } : me,
          );
          send({ on: "confirmed", number });
        })
        .catch((error: unknown) => send({ on: "refused", number, error }))
        .finally(() => clearTimeout(late));
    },
    [agent.id, cache],
  );

  return { change: state, choose, dismiss: useCallback(() => send({ on: "dismissed" }), []) };
}
