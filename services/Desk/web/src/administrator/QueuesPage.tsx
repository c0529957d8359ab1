import { useTranslation } from "react-i18next";
import { Listing } from "./Listing";
import { queues } from "./shapes";
import { TenantName, useTenantNames } from "./TenantName";

export default function QueuesPage() {
  const { t } = useTranslation();
  const nameOf = useTenantNames();
  return (
    <Listing
      title={t("page.queues")}
      path="/api/queues"
      shape={queues}
      keyOf={(queue) => queue.id}
      text={(queue) => `${queue.name} ${nameOf(queue.tenant)} ${Object.keys(queue.skills).join(" ")}`}
      columns={[
        { label: t("admin.name"), cell: (queue) => <strong>{queue.name}</strong> },
        { label: t("admin.tenant"), cell: (queue) => <TenantName id={queue.tenant} /> },
        {
          label: t("admin.skills"),
          cell: (queue) =>
            Object.entries(queue.skills)
              .map(([skill, level]) => `${skill} ≥ ${level}`)
              .join(", ") || "–",
        },
        {
          label: t("wall.service"),
          isFigure: true,
          cell: (queue) =>
            queue.serviceLevel ? `${queue.serviceLevel.percent} % / ${queue.serviceLevel.seconds} s` : "–",
        },
        { label: t("admin.priority"), isFigure: true, cell: (queue) => queue.priority },
        { label: t("admin.offer"), isFigure: true, cell: (queue) => `${queue.offerTimeoutSeconds} s` },
        { label: t("admin.wrapUp"), isFigure: true, cell: (queue) => `${queue.wrapUpSeconds} s` },
        { label: t("admin.codes"), isFigure: true, cell: (queue) => queue.codes?.length ?? 0 },
        { label: t("admin.record"), cell: (queue) => (queue.record ? t("admin.yes") : t("admin.no")) },
      ]}
    />
  );
}
