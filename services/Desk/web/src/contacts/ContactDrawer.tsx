import { Anchor, Drawer, Group, Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/request";
import { duration } from "../look/duration";
import { Problem } from "../look/Problem";
import { useDates } from "../words/useDates";
import { useTermination } from "../words/useTermination";
import styles from "./ContactsPage.module.css";
import { type ContactDetail, contactDetail } from "./contact";
import { Ladder } from "./Ladder";
import { useNames } from "./names";
import { SpeechBar } from "./SpeechBar";
import { Timeline } from "./Timeline";

const Player = lazy(() => import("./Player"));

type Open = (contact: string) => void;

export function ContactDrawer({ contact, close, open }: { contact: string | null; close: () => void; open: Open }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={contact !== null}
      onClose={close}
      position="right"
      size="min(52rem, 100%)"
      title={t("contacts.detail")}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      {contact && <Detail key={contact} contact={contact} open={open} />}
    </Drawer>
  );
}

function Detail({ contact, open }: { contact: string; open: Open }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: ["contact", contact],
    queryFn: () => get(`/api/contacts/${contact}`, contactDetail),
  });
  if (error) return <Problem error={error} retry={() => void refetch()} />;
  if (!data) {
    return (
      <Group justify="center" p="xl">
        <Loader aria-label={t("app.loading")} />
      </Group>
    );
  }
  return (
    <div className={styles.detail} data-testid="contact-detail">
      <Facts contact={data} />
      {data.callback && <FirstCall callback={data.callback} open={open} />}
      <section>
        <h3 className={styles.heading}>{t("contacts.legs")}</h3>
        <Timeline contact={data} />
      </section>
      {data.speech && <SpeechBar speech={data.speech} />}
      <section>
        <h3 className={styles.heading}>{t("contacts.recording")}</h3>
        {data.recordings.length === 0 && <Text c="var(--desk-quiet)">{t("contacts.noRecording")}</Text>}
        <Suspense fallback={<Loader size="sm" aria-label={t("app.loading")} />}>
          {data.recordings.map((recording) => (
            <Player key={recording} recording={recording} />
          ))}
        </Suspense>
      </section>
      <Events contact={data} />
      <Ladder contact={contact} />
    </div>
  );
}

function Facts({ contact }: { contact: ContactDetail }) {
  const { t } = useTranslation();
  const dates = useDates();
  const endedAs = useTermination();
  const names = useNames();
  const length = contact.endedAt ? duration(Date.parse(contact.endedAt) - Date.parse(contact.startedAt)) : null;
  const facts: [string, string | null | undefined][] = [
    [t("contacts.started"), dates.long(contact.startedAt)],
    [t("contacts.duration"), length],
    [t("contacts.termination"), endedAs(contact.termination) ?? t("contacts.running")],
    [t("contacts.tenant"), names.tenant(contact.tenant)],
    [t("contacts.queue"), names.queue(contact.queue)],
    [t("contacts.agent"), names.agent(contact.agent)],
    [t("contacts.caller"), contact.caller || t("contacts.withheld")],
    [t("contacts.callerName"), contact.origin?.name],
    [t("agent.called"), contact.called],
    [t("contacts.diversions"), contact.origin?.diversions.map(diversion).join(", ")],
    [t("contacts.identity"), contact.origin?.identity && t("contacts.identityKept")],
    [t("contacts.customer"), contact.customer?.name],
    [t("contacts.disposition"), contact.disposition],
  ];
  return (
    <dl className={`${styles.facts} figures`}>
      {facts
        .filter(([, value]) => value)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A callback goes on for a call of before: there the customer waited first. */
function FirstCall({ callback, open }: { callback: NonNullable<ContactDetail["callback"]>; open: Open }) {
  const { t } = useTranslation();
  const dates = useDates();
  return (
    <section>
      <h3 className={styles.heading}>{t("contacts.callback")}</h3>
      <Group gap="sm">
        <Text span>{t("contacts.callbackTry", { try: callback.try, tries: callback.tries })}</Text>
        <Anchor component="button" type="button" data-testid="first-call" onClick={() => open(callback.first)}>
          {t("contacts.firstCall", { time: dates.long(callback.firstAt) })}
        </Anchor>
      </Group>
    </section>
  );
}

function diversion({ number, reason }: { number: string; reason?: string | null | undefined }): string {
  return reason ? `${number} (${reason})` : number;
}

function Events({ contact }: { contact: ContactDetail }) {
  const { t } = useTranslation();
  const dates = useDates();
  return (
    <section>
      <h3 className={styles.heading} id="events">
        {t("contacts.events")}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard. */}
      <ol className={styles.events} tabIndex={0} aria-labelledby="events">
        {contact.events.map((event) => (
          <li key={event.id}>
            <time className="figures">{dates.seconds(event.at)}</time>
            <span>
              {event.type}{" "}
              <Text span size="sm" c="var(--desk-quiet)">
                {event.source}
              </Text>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
