import { useTranslation } from "react-i18next";
import { duration } from "../look/duration";
import styles from "./ContactsPage.module.css";
import type { Speech } from "./contact";
import { stretches } from "./stretches";

/** Who spoke when, a lane each, and for how long. */
export function SpeechBar({ speech }: { speech: Speech }) {
  const { t } = useTranslation();
  const facts: [string, number][] = [
    [t("speech.conversation"), speech.conversationMs],
    [t("speech.both"), speech.talkOverMs],
    [t("speech.silence"), speech.silenceMs],
    [t("speech.longest"), speech.longestSilenceMs],
  ];
  return (
    <section data-testid="speech">
      <h3 className={styles.heading}>{t("speech.title")}</h3>
      <Lane speech={speech} who={t("speech.caller")} ms={speech.callerMs} letters="cb" colour="#E69F00" />
      <Lane speech={speech} who={t("speech.agent")} ms={speech.agentMs} letters="ob" colour="#0072B2" />
      <dl className={`${styles.facts} figures`}>
        {facts.map(([label, ms]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{duration(ms)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

type LaneProperties = { speech: Speech; who: string; ms: number; letters: string; colour: string };

function Lane({ speech, who, ms, letters, colour }: LaneProperties) {
  const { t } = useTranslation();
  const length = Math.max(1, speech.slots.length);
  const percent = speech.conversationMs > 0 ? Math.round((100 * ms) / speech.conversationMs) : 0;
  return (
    <div className={styles.leg}>
      <span className={styles.legName}>
        {who}
        <small>{`${percent} %`}</small>
      </span>
      <div className={styles.lane} role="img" aria-label={t("speech.share", { who, time: duration(ms), percent })}>
        {stretches(speech.slots, letters).map(({ from, to }) => (
          <span
            key={from}
            className={styles.phase}
            style={{
              background: colour,
              left: `${(from / length) * 100}%`,
              width: `${((to - from) / length) * 100}%`,
            }}
          />
        ))}
      </div>
    </div>
  );
}
