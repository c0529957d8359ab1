import { Button } from "@mantine/core";
import { IconDoorExit, IconPhoneOff } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../api/shapes";
import { readWallboard } from "../live/reads";
import { Problem } from "../look/Problem";
import { AnswerButtons, MuteButton } from "../phone/CallButtons";
import { usePhone } from "../phone/PhoneProvider";
import { asked, type MonitorOrder, modes, monitor, watchedBy } from "./monitoring";
import styles from "./SupervisorDesk.module.css";

/** The conversation the supervisor is in: whose, as what, and what can be changed. */
export function MonitorBar({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { phone, view } = usePhone();
  const { data: board } = useQuery(readWallboard);
  const wanted = useSyncExternalStore(asked.subscribe, asked.read);
  const watched = watchedBy(board?.agents ?? [], me.user);
  const order = useMutation({
    mutationFn: async (mode: MonitorOrder) => watched && monitor(watched.agent, mode),
  });
  const { call } = view;

  useEffect(() => {
    // It was asked for with a click on this page: nobody has to answer what she wanted.
    if (call.is !== "ringing" || !asked.read()) return;
    phone.answer();
    phone.connect();
  }, [phone, call]);

  if (!watched && call.is === "none") return null;
  const words = watched
    ? t(`second.you.${watched.mode}`, { name: watched.agent.name })
    : call.is !== "up"
      ? t("second.you.connecting", { name: wanted?.name ?? "" })
      : t("second.you.takeOver", { name: wanted?.name ?? "" });
  return (
    <section
      className={`${styles.bar} card`}
      aria-label={t("second.monitoring")}
      data-testid="monitor-bar"
      data-mode={watched?.mode ?? call.is}
    >
      <strong className={styles.who} role="status">
        {words}
      </strong>
      {call.is === "ringing" && !wanted && <AnswerButtons contact={me.user} />}
      {watched && (
        <div className={styles.modes} role="group" aria-label={t("second.monitoring")}>
          {modes.map(({ mode, word }) => (
            <Button
              key={mode}
              variant={watched.mode === mode ? "filled" : "default"}
              aria-pressed={watched.mode === mode}
              loading={order.isPending && order.variables === mode}
              onClick={() => watched.mode !== mode && order.mutate(mode)}
              data-testid={`mode-${mode}`}
            >
              {t(`second.modes.${word}`)}
            </Button>
          ))}
        </div>
      )}
      {watched?.mode !== "listen" && <MuteButton />}
      {watched ? (
        <Button
          variant="default"
          leftSection={<IconDoorExit size={18} />}
          onClick={() => order.mutate("off")}
          data-testid="leave"
        >
          {t("second.modes.off")}
        </Button>
      ) : (
        call.is === "up" && (
          <Button
            color="#b3261e"
            leftSection={<IconPhoneOff size={18} />}
            onClick={() => phone.hangUp()}
            data-testid="end"
          >
            {t("agent.end")}
          </Button>
        )
      )}
      {order.error && (
        <div className={styles.error}>
          <Problem error={order.error} />
        </div>
      )}
    </section>
  );
}
