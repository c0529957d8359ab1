import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TrunkSettings } from "./shapes";
import { TrunkOutsideDialog } from "./TrunkOutsideDialog";

/** How many prices a trunk has and where its calls never go, and the way to change it. */
export function TrunkOutsideCell({ trunk }: { trunk: TrunkSettings }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { prices, forbidden } = trunk.outside;
  return (
    <div data-testid="trunk-outside" data-trunk={trunk.name}>
      <Text size="sm">{t("admin.pricesSet", { count: prices.length })}</Text>
      {forbidden.length > 0 && (
        <Text size="sm" c="var(--desk-quiet)">
          {t("admin.forbidden")}: {forbidden.join(" ")}
        </Text>
      )}
      <Button
        size="xs"
        mt={4}
        variant="default"
        onClick={() => setOpen(true)}
        aria-label={t("admin.changeTrunkOutside", { name: trunk.name })}
        data-testid="trunk-change"
      >
        {t("admin.change")}
      </Button>
      {isOpen && <TrunkOutsideDialog trunk={trunk} close={() => setOpen(false)} />}
    </div>
  );
}
