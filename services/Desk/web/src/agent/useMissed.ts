import { useEffect, useRef, useState } from "react";
import type { Pop } from "../api/shapes";
import { onContact } from "../live/LiveProvider";

export type Missed = { pop: Pop; outcome: string | null };

/** An offer that was over before it was answered, until it is dismissed or the next one comes. */
export function useMissed(inHand: Pop | null): { missed: Missed | null; dismiss: () => void } {
  const [missed, setMissed] = useState<Missed | null>(null);
  const offered = useRef<Pop | null>(null);

  useEffect(() => {
    offered.current = inHand?.state === "offered" ? inHand : null;
    if (inHand) setMissed(null);
  }, [inHand]);

  useEffect(
    () =>
      onContact((message) => {
        const offer = offered.current;
        if (message.state === "over" && offer?.contact === message.contact) {
          setMissed({ pop: offer, outcome: message.outcome ?? null });
        }
      }),
    [],
  );

  return { missed, dismiss: () => setMissed(null) };
}
