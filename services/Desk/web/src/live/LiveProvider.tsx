import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import type { z } from "zod";
import { giveUpRequests } from "../api/request";
import type { Me, Wallboard } from "../api/shapes";
import { clock } from "./clock";
import { Link, type LinkState } from "./link";
import {
  agentLeftMessage,
  agentMessage,
  type ContactMessage,
  clockMessage,
  contactMessage,
  figuresSince,
  queueMessage,
  withAgent,
  withAgentRow,
  withContact,
  withoutAgentRow,
  withQueue,
} from "./messages";
import { keys } from "./reads";
import { recent } from "./recent";
import { useOfNow } from "./ticker";

const LiveContext = createContext<Link | null>(null);
const contactListeners = new Set<(message: ContactMessage) => void>();

/** Hears each message about a contact in hand, also the last one, which leaves nothing in the state. */
export function onContact(listener: (message: ContactMessage) => void): () => void {
  contactListeners.add(listener);
  return () => contactListeners.delete(listener);
}

function checked<T>(shape: z.ZodType<T>, handle: (message: T) => void) {
  return (message: unknown) => {
    const parsed = shape.safeParse(message);
    if (parsed.success) handle(parsed.data);
    else console.error("A message of the hub has another form:", parsed.error.issues);
  };
}

/** Keeps what was read true: each message of the hub changes the cache, and after a lost link everything live is read again. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const cache = useQueryClient();
  const link = useMemo(() => {
    const change = <T,>(key: readonly string[], how: (read: T) => T) =>
      cache.setQueryData<T>(key, (read) => (read === undefined ? read : how(read)));
    let wasLate = false;
    return new Link(
      {
        clock: checked(clockMessage, (message) => {
          clock.told(message.at);
          const since = figuresSince(message);
          // The first word after a quiet time may come before the server has read anew.
          cache.setQueryData<number | null>(keys.figuresSince, wasLate ? since : null);
          wasLate = since !== null;
        }),
        agent: checked(agentMessage, (message) => {
          clock.told(message.at);
          recent.heard({ of: "agent", message });
          change<Me>(keys.me, (me) => withAgent(me, message));
          change<Wallboard>(keys.wallboard, (board) => withAgentRow(board, message));
        }),
        agentLeft: checked(agentLeftMessage, (message) => {
          clock.told(message.at);
          recent.heard({ of: "agentLeft", message });
          change<Wallboard>(keys.wallboard, (board) => withoutAgentRow(board, message));
        }),
        contact: checked(contactMessage, (message) => {
          clock.told(message.at);
          recent.heard({ of: "contact", message });
          for (const listener of contactListeners) listener(message);
          change<Me>(keys.me, (me) => withContact(me, message));
        }),
        queue: checked(queueMessage, (message) => {
          clock.told(message.at);
          recent.heard({ of: "queue", message });
          change<Wallboard>(keys.wallboard, (board) => withQueue(board, message));
        }),
      },
      giveUpRequests,
      (wasLost) => {
        if (wasLost) giveUpRequests();
        clock.forget();
        void cache.invalidateQueries({ queryKey: keys.me });
        void cache.invalidateQueries({ queryKey: keys.wallboard });
      },
    );
  }, [cache]);

  useEffect(() => {
    link.start();
    return () => link.stop();
  }, [link]);

  return <LiveContext value={link}>{children}</LiveContext>;
}

const outside: LinkState = { status: "connecting", trueUntil: null };

export function useLink(): LinkState {
  const link = useContext(LiveContext);
  return useSyncExternalStore(link?.subscribe ?? (() => () => {}), link?.read ?? (() => outside));
}

const STALE_MS = 10_000;

/** The server time that what is shown belongs to, once that is more than 10 s ago; null while it is fresh. */
export function useStaleSince(): number | null {
  const { trueUntil } = useLink();
  const { data: figures } = useQuery<number | null>({ queryKey: keys.figuresSince, queryFn: skipToken });
  const since = trueUntil ?? figures ?? null;
  return useOfNow((now) => (since !== null && now - since > STALE_MS ? since : null));
}
