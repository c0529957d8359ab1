import {
  IconAlertTriangleFilled,
  IconBellFilled,
  IconBriefcase,
  IconCheck,
  IconCircle,
  IconCup,
  IconPencil,
  IconPhoneFilled,
  IconPlayerPauseFilled,
  IconPresentation,
  IconSchool,
  IconUsers,
} from "@tabler/icons-react";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import type { ShownState } from "./agentState";
import styles from "./StateMark.module.css";

type Look = { icon: typeof IconCheck; colour: string; ink: string };

/** Okabe-Ito colours, told apart by people with any colour vision; always with word and icon. */
export const stateLooks: Record<ShownState, Look> = {
  ready: { icon: IconCheck, colour: "#009E73", ink: "#06120d" },
  ringing: { icon: IconBellFilled, colour: "#E69F00", ink: "#1c1300" },
  talking: { icon: IconPhoneFilled, colour: "#0072B2", ink: "#ffffff" },
  hold: { icon: IconPlayerPauseFilled, colour: "#56B4E9", ink: "#04141f" },
  consulting: { icon: IconUsers, colour: "#0072B2", ink: "#ffffff" },
  wrapUp: { icon: IconPencil, colour: "#CC79A7", ink: "#1d0a14" },
  break: { icon: IconCup, colour: "#C9B48A", ink: "#1a1407" },
  training: { icon: IconSchool, colour: "#C9B48A", ink: "#1a1407" },
  meeting: { icon: IconPresentation, colour: "#C9B48A", ink: "#1a1407" },
  backOffice: { icon: IconBriefcase, colour: "#C9B48A", ink: "#1a1407" },
  notResponding: { icon: IconAlertTriangleFilled, colour: "#D55E00", ink: "#160800" },
  offline: { icon: IconCircle, colour: "#A3ABB3", ink: "#101418" },
};

export function stateStyle(state: ShownState): CSSProperties {
  const { colour, ink } = stateLooks[state];
  return { "--state": colour, "--state-ink": ink } as CSSProperties;
}

/** The icon on the state's colour. */
export function StateDot({ state, size = 28 }: { state: ShownState; size?: number }) {
  const Icon = stateLooks[state].icon;
  return (
    <span className={styles.dot} style={{ ...stateStyle(state), width: size, height: size }} aria-hidden="true">
      <Icon size={Math.round(size * 0.62)} stroke={2.4} />
    </span>
  );
}

/** Icon, word and, for a break, the reason. */
export function StateMark({
  state,
  reason,
  size = 24,
}: {
  state: ShownState;
  reason?: string | null | undefined;
  size?: number;
}) {
  const { t, i18n } = useTranslation();
  const known = reason && i18n.exists(`reason.${reason}`) ? t(`reason.${reason}` as "reason.Lunch") : reason;
  return (
    <span className={styles.mark}>
      <StateDot state={state} size={size} />
      <span>
        {t(`state.${state}`)}
        {known ? <span className={styles.reason}> · {known}</span> : null}
      </span>
    </span>
  );
}
