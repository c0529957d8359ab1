import { Text } from "@mantine/core";
import { IconHeadphones } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Agent } from "../api/shapes";
import { readMe } from "../live/reads";
import { usePhoneIsHere } from "../phone/PhoneProvider";
import { type MonitorOrder, modes, monitor } from "./monitoring";
import { OrderMenu } from "./OrderMenu";

/** Monitor, coach and barge in, in rising order; offered while the agent is in a conversation. */
export function MonitorMenu({ agent }: { agent: Agent }) {
  const { t } = useTranslation();
  const { data: me } = useQuery(readMe);
  const isHere = usePhoneIsHere();
  const [asked, setAsked] = useState(false);
  const isTalking = agent.state === "Talking" || agent.state === "Hold" || agent.state === "Consulting";
  if (!agent.contact || !isTalking || me?.role !== "supervisor") return null;
  const own = agent.watching?.find((one) => one.supervisor === me.user);
  return (
    <OrderMenu
      label={t("second.monitor", { name: agent.name })}
      icon={<IconHeadphones size={20} />}
      orders={[
        ...modes.map(({ mode, word }) => ({
          value: mode as MonitorOrder,
          word: t(`second.modes.${word}`),
          isDisabled: own?.mode === mode,
        })),
        ...(own ? [{ value: "off" as const, word: t("second.modes.off") }] : []),
      ]}
      give={async (mode) => {
        setAsked(false);
        await monitor(agent, mode);
        setAsked(mode !== "off");
      }}
      test="monitor"
    >
      {asked && !own && !isHere && (
        <Text size="xs" role="status" maw={200}>
          {t("second.yourPhoneRings")}
        </Text>
      )}
    </OrderMenu>
  );
}
