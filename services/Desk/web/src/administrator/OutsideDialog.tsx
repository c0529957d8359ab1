import { Button, Group, Modal, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { command } from "../api/request";
import { Problem } from "../look/Problem";
import { amountOf, prefixesOf } from "./outside";
import type { Tenant } from "./shapes";

/** A tenant's limits of calls outside: where they may go, and what they may cost a day. */
export function OutsideDialog({ tenant, close }: { tenant: Tenant; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [allowed, setAllowed] = useState(tenant.outside.allowed.join(" "));
  const [forbidden, setForbidden] = useState(tenant.outside.forbidden.join(" "));
  const [premium, setPremium] = useState(tenant.outside.premium);
  const [most, setMost] = useState(tenant.outside.dayCostMax?.toString() ?? "");
  const limits = {
    allowed: prefixesOf(allowed),
    forbidden: prefixesOf(forbidden),
    premium,
    dayCostMax: amountOf(most),
  };
  const save = useMutation({
    mutationFn: () => command("PUT", `/api/tenants/${tenant.id}/outside`, limits),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["list", "/api/tenants"] });
      close();
    },
  });
  const isRight = limits.allowed !== null && limits.forbidden !== null && limits.dayCostMax !== undefined;
  return (
    <Modal
      opened
      onClose={close}
      title={t("admin.outsideOf", { name: tenant.name })}
      size="lg"
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack data-testid="outside-dialog">
        <Text size="sm">{t("admin.outsideLead")}</Text>
        {save.error && <Problem error={save.error} />}
        <TextInput
          label={t("admin.allowed")}
          placeholder={t("admin.allowedAll")}
          value={allowed}
          error={limits.allowed === null && t("admin.notPrefixes")}
          onChange={(event) => setAllowed(event.currentTarget.value)}
          data-testid="outside-allowed"
        />
        <TextInput
          label={t("admin.forbidden")}
          value={forbidden}
          error={limits.forbidden === null && t("admin.notPrefixes")}
          onChange={(event) => setForbidden(event.currentTarget.value)}
          data-testid="outside-forbidden"
        />
        <Switch
          label={t("admin.premium")}
          checked={premium}
          onChange={(event) => setPremium(event.currentTarget.checked)}
        />
        <TextInput
          label={t("admin.dayCostMax")}
          description={t("admin.dayCostHelp")}
          inputMode="decimal"
          value={most}
          error={limits.dayCostMax === undefined && t("admin.notAmount")}
          onChange={(event) => setMost(event.currentTarget.value)}
          data-testid="outside-cost"
        />
        <Group justify="end">
          <Button variant="default" onClick={close}>
            {t("app.cancel")}
          </Button>
          <Button onClick={() => save.mutate()} loading={save.isPending} disabled={!isRight} data-testid="outside-save">
            {t("app.save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
