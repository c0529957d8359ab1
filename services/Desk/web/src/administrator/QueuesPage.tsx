import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/request";
import { Listing } from "./Listing";
import { QueueDialog } from "./QueueDialog";
import { type Queue, queues } from "./shapes";
import { TenantName, useTenantNames } from "./TenantName";

export default function QueuesPage() {
  const { t, i18n } = useTranslation();
  const nameOf = useTenantNames();
  const strategyOf = (name: string) =>
    i18n.exists(`strategy.${name}`) ? t(`strategy.${name}` as "strategy.LongestIdle") : name;
  const [open, setOpen] = useState<Queue | "new" | null>(null);
  const all = useQuery({ queryKey: ["list", "/api/queues"], queryFn: () => get("/api/queues", queues) });
  return (
    <>
      <Listing
        title={t("page.queues")}
        path="/api/queues"
        shape={queues}
        keyOf={(queue) => queue.id}
        text={(queue) => `${queue.name} ${nameOf(queue.tenant)} ${asked(queue)} ${strategyOf(queue.strategy)}`}
        columns={[
          { label: t("admin.name"), cell: (queue) => <strong>{queue.name}</strong> },
          { label: t("admin.tenant"), cell: (queue) => <TenantName id={queue.tenant} /> },
          {
            label: t("admin.skills"),
            cell: (queue) => (
              <>
                {asked(queue) || "–"}
                {queue.relax.map((step) => (
                  <Text key={step.afterSeconds} size="sm" c="var(--desk-quiet)">
                    {t("admin.relaxed", { seconds: step.afterSeconds, rule: step.skillRule ?? t("admin.anyAgent") })}
                  </Text>
                ))}
              </>
            ),
          },
          { label: t("admin.strategy"), cell: (queue) => strategyOf(queue.strategy) },
          {
            label: t("wall.service"),
            isFigure: true,
            cell: (queue) => (
              <>
                {queue.serviceLevel ? `${queue.serviceLevel.percent} % / ${queue.serviceLevel.seconds} s` : "–"}
                <AnnouncedWaits queue={queue} />
              </>
            ),
          },
          { label: t("admin.priority"), isFigure: true, cell: (queue) => queue.priority },
          { label: t("admin.offer"), isFigure: true, cell: (queue) => `${queue.offerTimeoutSeconds} s` },
          { label: t("admin.wrapUp"), isFigure: true, cell: (queue) => `${queue.wrapUpSeconds} s` },
          { label: t("admin.codes"), isFigure: true, cell: (queue) => queue.codes?.length ?? 0 },
          { label: t("admin.record"), cell: (queue) => (queue.record ? t("admin.yes") : t("admin.no")) },
          {
            label: t("wall.action"),
            cell: (queue) => (
              <Button
                size="xs"
                variant="default"
                onClick={() => setOpen(queue)}
                aria-label={t("setting.changeOf", { name: queue.name })}
              >
                {t("admin.change")}
              </Button>
            ),
          },
        ]}
        action={
          <Button onClick={() => setOpen("new")} data-testid="queue-new">
            {t("setting.newQueue")}
          </Button>
        }
      />
      {open && (
        <QueueDialog queue={open === "new" ? null : open} all={all.data?.items ?? []} close={() => setOpen(null)} />
      )}
    </>
  );
}

/** How often callers waited no longer than they were told, and how far the middle of it was off. */
function AnnouncedWaits({ queue: { announcedWaits: waits } }: { queue: Queue }) {
  const { t, i18n } = useTranslation();
  if (waits.heldPercent === null || waits.heldPercent === undefined) return null;
  const error = waits.medianErrorMs ?? null;
  return (
    <Text size="sm" c="var(--desk-quiet)" data-testid="announced-waits">
      {t("admin.waitsHeld", { percent: waits.heldPercent.toLocaleString(i18n.language), count: waits.callers })}
      {error !== null && `, ${t("admin.waitsOff", { seconds: Math.round(error / 1000) })}`}
    </Text>
  );
}

/** What a contact asks of agents when it comes: the levels, and the rule in its own words. */
function asked({ skills, skillRule }: Queue): string {
  const levels = Object.entries(skills).map(([skill, level]) => `${skill} ≥ ${level}`);
  return [...levels, ...(skillRule ? [skillRule] : [])].join(", ");
}
