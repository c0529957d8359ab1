import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Mistake } from "./queueForm";

/** A field's mistake in the user's language; null when there is none. */
export function useMistake(): (mistake: Mistake | undefined) => string | null {
  const { t } = useTranslation();
  return useCallback((mistake) => (mistake ? t(`setting.mistake.${mistake.text}`, mistake.values ?? {}) : null), [t]);
}
