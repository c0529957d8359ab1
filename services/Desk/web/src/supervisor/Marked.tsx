import { IconAlertTriangleFilled, IconCheck, IconClockFilled } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./Marked.module.css";
import type { Mark } from "./thresholds";

const icons = { good: IconCheck, warn: IconClockFilled, bad: IconAlertTriangleFilled };

/** A figure with its mark: colour, icon and, for those who hear it, a word. */
export function Marked({ mark, word, children }: { mark: Mark; word: string | null; children: ReactNode }) {
  const Icon = mark === "none" ? null : icons[mark];
  return (
    <span className={`${styles.marked} figures`} data-mark={mark} title={mark !== "none" && word ? word : undefined}>
      {Icon && <Icon className={styles.icon} size="0.85em" aria-hidden="true" />}
      {children}
      {mark !== "none" && word && <span className="hidden"> {word}</span>}
    </span>
  );
}
