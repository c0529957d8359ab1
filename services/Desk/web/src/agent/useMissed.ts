import { useEffect, useRef, useState } from "react";
import type { Pop } from "../api/shapes";
import { onContact } from "../live/LiveProvider";
import { usePhone } from "../phone/PhoneProvider";

export type Missed = { pop: Pop; outcome: string | null };

/** An offer that was over before it was answered, until it is dismissed or the next one comes. */
export function useMissed(inHand: Pop | null): { missed: Missed | null; dismiss: () => void } {
  const { view, isHere } = usePhone();
  const [missed, setMissed] = useState<Missed | null>(null);
  const offered = useRef<Pop | null>(null);
  const here = useRef<PhoneHere>(null);
  here.current = isHere ? { isMicrophoneOpen: view.microphone.is === "open" } : null;

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
        setMissed({ pop: offer, outcome: causeOf(message.outcome ?? null, here.current) });
      }),
    [],
  );

  return { missed, dismiss: () => setMissed(null) };
}

/** The phone of this page while the offer ended; null: a SIP phone rang. */
type PhoneHere = { isMicrophoneOpen: boolean } | null;

/** The house knows that nothing was heard of the phone; why, the page knows better. */
export function causeOf(outcome: string | null, here: PhoneHere): string | null {
  if (outcome !== "Unreachable" || here === null) return outcome;
  // It was open when the call began to ring.
  return here.isMicrophoneOpen ? "LinkLost" : "Microphone";
}
