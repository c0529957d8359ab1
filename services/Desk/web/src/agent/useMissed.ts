import { useEffect, useRef, useState } from "react";
import type { Pop } from "../api/shapes";
import { onContact } from "../live/LiveProvider";
import { usePhone } from "../phone/PhoneProvider";

export type Missed = { pop: Pop; outcome: string | null };

/** An offer that was over before it was answered, until it is dismissed or the next one comes. */
export function useMissed(inHand: Pop | null): { missed: Missed | null; dismiss: () => void } {
  const { view } = usePhone();
  const [missed, setMissed] = useState<Missed | null>(null);
  const offered = useRef<Pop | null>(null);
  const isMicrophoneGone = useRef(false);
  isMicrophoneGone.current = view.microphone.is === "gone";

  useEffect(() => {
    const offer = offered.current;
    offered.current = inHand?.state === "offered" ? inHand : null;
    // Its end was told while nobody could hear it here.
    if (!inHand && offer) setMissed({ pop: offer, outcome: "LinkLost" });
    else if (inHand) setMissed(null);
  }, [inHand]);

  useEffect(
    () =>
      onContact((message) => {
        const offer = offered.current;
        if (message.state !== "over" || offer?.contact !== message.contact) return;
        offered.current = null;
        setMissed({ pop: offer, outcome: causeOf(message.outcome ?? null, isMicrophoneGone.current) });
      }),
    [],
  );

  return { missed, dismiss: () => setMissed(null) };
}

/** The house knows that nothing was heard of the phone; why, the page may know better. */
export function causeOf(outcome: string | null, isMicrophoneGone: boolean): string | null {
  return outcome === "Unreachable" && isMicrophoneGone ? "Microphone" : outcome;
}
