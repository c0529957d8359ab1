import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { get } from "../api/request";
import { brand } from "../look/brand";
import { Listing } from "./Listing";
import styles from "./Listing.module.css";
import { OutsideCell } from "./OutsideCell";
import { costs, tenants } from "./shapes";

export default function TenantsPage() {
  const { t } = useTranslation();
  const today = useQuery({ queryKey: ["costs"], queryFn: () => get("/api/telephony/costs", costs) });
  return (
    <Listing
      title={t("page.tenants")}
      path="/api/tenants"
      shape={tenants}
      keyOf={(tenant) => tenant.id}
      text={(tenant) => `${tenant.name} ${tenant.timeZone} ${tenant.language}`}
      columns={[
        {
          label: t("admin.name"),
          cell: (tenant) => (
            <span className={styles.tenant}>
              <span
                className={styles.swatch}
                style={{ background: brand(tenant.brand?.colour).colour }}
                aria-hidden="true"
              />
              <strong>{tenant.name}</strong>
            </span>
          ),
        },
        {
          label: t("admin.greeting"),
          cell: (tenant) => <span lang={tenant.language}>{tenant.brand?.greeting || "–"}</span>,
        },
        { label: t("admin.language"), cell: (tenant) => tenant.language },
        { label: t("admin.zone"), cell: (tenant) => tenant.timeZone },
        {
          label: t("admin.limits"),
          cell: (tenant) => (
            <>
              {t("admin.concurrent", { count: tenant.limits.concurrentCalls })}
              <Text size="sm" c="var(--desk-quiet)">
                {t("admin.perSecond", { count: tenant.limits.callsPerSecond })}
              </Text>
            </>
          ),
        },
        {
          label: t("admin.outside"),
          cell: (tenant) => (
            <OutsideCell tenant={tenant} spent={today.data?.items.find((one) => one.tenant === tenant.id)?.spent} />
          ),
        },
      ]}
    />
  );
}
