import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { RequestFailed } from "../api/request";

const known = ["0", "400", "401", "403", "404", "409", "422", "429", "500", "503"] as const;
type Known = (typeof known)[number];

export type Told = { text: string; detail: string | null };

/** An error in the user's language; the server's own words, which are English, come beside it. */
export function useProblem(): (error: unknown) => Told {
  const { t, i18n } = useTranslation();
  return useCallback(
    (error: unknown) => {
      if (!(error instanceof RequestFailed)) return { text: t("problem.s500"), detail: null };
      if (error.reason && i18n.exists(`refused.${error.reason}`))
        return { text: t(`refused.${error.reason}` as "refused.NoPrice"), detail: null };
      const status = String(error.status) as Known;
      const text = known.includes(status) ? t(`problem.s${status}`) : t("problem.other");
      return { text, detail: error.status === 401 ? null : error.detail };
    },
    [t, i18n],
  );
}
