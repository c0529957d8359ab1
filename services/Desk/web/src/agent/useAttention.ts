import { useEffect, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { Agent, Pop } from "../api/shapes";
import { shownState } from "../look/agentState";

/** Browsers let the timers of hidden tabs run once a second. */
const FLASH_MS = 1_000;

/** The tab's title says whose contact is in hand; a hidden tab raises a notification when one is offered, and its title flashes. */
export function useAttention(agent: Agent | null, pop: Pop | null): void {
  const { t } = useTranslation();
  const isHidden = useSyncExternalStore(onVisibility, () => document.hidden);
  const state = agent && t(`state.${shownState(agent)}`);
  const title = pop ? `${pop.tenant.name} – ${state}` : state ? `${state} – ${t("app.title")}` : t("app.title");
  const offer = pop?.state === "offered" ? pop : null;
  const flash = isHidden && offer ? `☎ ${t("agent.ringing")}: ${offer.tenant.name}` : null;

  useEffect(() => {
    document.title = flash ?? title;
    if (!flash) return;
    const timer = setInterval(() => {
      document.title = document.title === flash ? title : flash;
    }, FLASH_MS);
    return () => clearInterval(timer);
  }, [flash, title]);

  useNote(
    isHidden && offer
      ? {
          contact: offer.contact,
          title: t("agent.incomingNote", { tenant: offer.tenant.name, queue: offer.queue?.name ?? "" }),
          body: offer.caller ?? t("agent.anonymous"),
        }
      : null,
    offer?.contact ?? null,
  );
}

/** A system notification for as long as the offer stands; one a contact. The ringer is what is heard. */
function useNote(note: { contact: string; title: string; body: string } | null, offered: string | null): void {
  const shown = useRef<{ contact: string; note: Notification } | null>(null);
  useEffect(() => {
    if (shown.current && shown.current.contact !== offered) {
      shown.current.note.close();
      shown.current = null;
    }
    if (!note || shown.current || !("Notification" in window) || Notification.permission !== "granted") return;
    const { contact, title, body } = note;
    const raised = new Notification(title, { body, tag: contact, requireInteraction: true, silent: true });
    raised.onclick = () => window.focus();
    shown.current = { contact, note: raised };
  }, [note, offered]);
}

function onVisibility(tell: () => void): () => void {
  document.addEventListener("visibilitychange", tell);
  return () => document.removeEventListener("visibilitychange", tell);
}

/** Asked with the click that starts the shift, when the reason is plain. */
export function allowNotifications(): void {
  if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
}
