import { Switch } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Agent, Me } from "../api/shapes";
import { isNotOlder } from "../live/messages";
import { keys } from "../live/reads";
import { Problem } from "../look/Problem";
import { chooseStandingLeg } from "./standingLegChoice";

/** Whether the agent's line stays open for the shift: the agent's own wherever it signs in, so the server keeps it. */
export function StandingLegSwitch({ agent, isHere }: { agent: Agent; isHere: boolean }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const choice = useMutation({
    mutationFn: (wanted: boolean) => chooseStandingLeg(agent.id, wanted),
    onSuccess: (confirmed) =>
      // The hub may have told something later than this answer.
      cache.setQueryData<Me>(keys.me, (me) =>
        me?.agent && isNotOlder(confirmed, me.agent) ? { ...me, agent: confirmed } : me,
      ),
  });
  return (
    <>
      {choice.error && <Problem error={choice.error} />}
      <Switch
        checked={choice.isPending ? choice.variables : agent.standingLeg === true}
        onChange={(event) => choice.mutate(event.currentTarget.checked)}
        disabled={choice.isPending}
        label={t("phone.standing")}
        description={t(isHere ? "phone.standingHelp" : "phone.standingPhoneHelp")}
        data-testid="standing"
      />
    </>
  );
}
