import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { OutsideDialog } from "./OutsideDialog";
import type { Tenant } from "./shapes";

/** Where a tenant's calls outside may go, what they have cost today, and the way to change it. */
export function OutsideCell({ tenant, spent }: { tenant: Tenant; spent: number | undefined }) {
  const { t, i18n } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const money = (amount: number) => amount.toLocaleString(i18n.language, { minimumFractionDigits: 2 });
  const { allowed, forbidden, dayCostMax } = tenant.outside;
  return (
    <div data-testid="outside">
      <Text size="sm">{allowed.length > 0 ? allowed.join(" ") : t("admin.allowedAll")}</Text>
      {forbidden.length > 0 && (
        <Text size="sm" c="var(--desk-quiet)">
          {t("admin.forbidden")}: {forbidden.join(" ")}
        </Text>
      )}
      {spent !== undefined && (
        <Text size="sm" c="var(--desk-quiet)" className="figures">
          {dayCostMax === null || dayCostMax === undefined
            ? t("admin.spent", { spent: money(spent) })
            : t("admin.spentOf", { spent: money(spent), max: money(dayCostMax) })}
        </Text>
      )}
      <Button
        size="xs"
        mt={4}
        variant="default"
        onClick={() => setOpen(true)}
        aria-label={t("admin.changeOutside", { name: tenant.name })}
        data-testid="outside-change"
      >
        {t("admin.change")}
      </Button>
      {isOpen && <OutsideDialog tenant={tenant} close={() => setOpen(false)} />}
    </div>
  );
}
