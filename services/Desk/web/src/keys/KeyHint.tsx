import { Kbd } from "@mantine/core";
import type { Action } from "./actions";
import styles from "./KeyHint.module.css";
import { useKeyHint } from "./KeysProvider";

/** The action's key, for the eye; the button's name says what it does. */
export function KeyHint({ action }: { action: Action }) {
  const key = useKeyHint(action);
  return key ? (
    <Kbd size="xs" aria-hidden="true" className={styles.hint}>
      {key}
    </Kbd>
  ) : null;
}
