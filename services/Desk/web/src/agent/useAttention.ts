import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Agent, Pop } from "../api/shapes";
import { shownState } from "../look/agentState";

/** The tab's title says whose contact is in hand; a hidden tab raises a notification when one is offered. */
export function useAttention(agent: Agent | null, pop: Pop | null): void {
  const { t } = useTranslation();
  const told = useRef<string | null>(null);
  const state = agent && t(`state.${shownState(agent)}`);
  const title = pop ? `${pop.tenant.name} – ${state}` : state ? `${state} – ${t("app.title")}` : t("app.title");

  useEffect(() => {
    document.title = title;
  }, [title]);

  useEffect(() => {
    if (pop?.state !== "offered" || told.current === pop.contact) return;
    told.current = pop.contact;
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    const note = new Notification(t("agent.incomingNote", { tenant: pop.tenant.name, queue: pop.queue?.name ?? "" }), {
      body: pop.caller ?? t("agent.anonymous"),
      tag: pop.contact,
    });
    note.onclick = () => window.focus();
  }, [pop, t]);
}

/** Asked with the click that starts the shift, when the reason is plain. */
export function allowNotifications(): void {
  if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
}
