import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** "Failed(gateway, ours)" in the user's language; what is in brackets stays as the system calls it. */
export function useTermination() {
  const { t, i18n } = useTranslation();
  return useCallback(
    (termination: string | null | undefined): string | null => {
      if (!termination) return null;
      const [, word = termination, detail] = /^(\w+)(?:\((.*)\))?$/.exec(termination) ?? [];
      const said = i18n.exists(`termination.${word}`) ? t(`termination.${word}` as "termination.Completed") : word;
      return detail ? `${said} (${detail})` : said;
    },
    [t, i18n],
  );
}
