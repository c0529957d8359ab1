import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { duration } from "../look/duration";
import styles from "./ContactsPage.module.css";
import { type ContactDetail, type Leg, phaseNames } from "./contact";
import { useNames } from "./names";

type PhaseName = (typeof phaseNames)[number];

const looks: Record<PhaseName, { background: string; color: string }> = {
  alerting: { background: "#E69F00", color: "#1c1300" },
  ivr: { background: "#B9C2CB", color: "#101418" },
  queue: { background: "#F0E442", color: "#1c1a00" },
  ring: { background: "#E69F00", color: "#1c1300" },
  talk: { background: "#0072B2", color: "#ffffff" },
  hold: { background: "#56B4E9", color: "#04141f" },
  consult: { background: "#009E73", color: "#06120d" },
  wrapUp: { background: "#CC79A7", color: "#1d0a14" },
};

/** Each leg as a lane on the contact's time; phases in the order they have within a leg, wrap-up after its end. */
export function Timeline({ contact }: { contact: ContactDetail }) {
  const { t } = useTranslation();
  const start = Date.parse(contact.startedAt);
  const ends = contact.legs.map((leg) => Date.parse(leg.startedAt) + total(leg));
  const length = Math.max(1, ...ends.map((end) => end - start));
  return (
    <div className={styles.timeline} role="list" aria-label={t("contacts.timeline")}>
      {contact.legs.map((leg) => (
        <Lane key={leg.id} leg={leg} start={start} length={length} />
      ))}
    </div>
  );
}

function phasesOf(leg: Leg): { name: PhaseName; ms: number }[] {
  return phaseNames.map((name) => ({ name, ms: leg.phases[name] ?? 0 })).filter(({ ms }) => ms > 0);
}

function total(leg: Leg): number {
  return phasesOf(leg).reduce((sum, { ms }) => sum + ms, 0);
}

function Lane({ leg, start, length }: { leg: Leg; start: number; length: number }) {
  const { t, i18n } = useTranslation();
  const names = useNames();
  const role = i18n.exists(`leg.${leg.role}`) ? t(`leg.${leg.role}` as "leg.Caller") : leg.role;
  let at = Date.parse(leg.startedAt) - start;
  return (
    <div className={styles.leg} role="listitem">
      <span className={styles.legName}>
        {names.agent(leg.user) ?? role}
        <small>{[names.agent(leg.user) ? role : null, leg.outcome].filter(Boolean).join(" · ")}</small>
      </span>
      <div className={styles.lane}>
        {phasesOf(leg).map(({ name, ms }) => {
          const left = at;
          at += ms;
          const text = `${t(`phase.${name}`)} ${duration(ms)}`;
          const share = ms / length;
          return (
            <Tooltip key={name} label={text}>
              <span
                className={styles.phase}
                style={{ ...looks[name], left: `${(left / length) * 100}%`, width: `${share * 100}%` }}
              >
                <span className="hidden">{text}</span>
                <span aria-hidden="true">{share > 0.14 ? text : share > 0.07 ? duration(ms) : ""}</span>
              </span>
            </Tooltip>
          );
        })}
      </div>
    </div>
  );
}
