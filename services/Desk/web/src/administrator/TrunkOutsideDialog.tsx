import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { command } from "../api/request";
import { Problem } from "../look/Problem";
import { amountOf, linesOf, prefixesOf, pricesOf } from "./outside";
import type { TrunkSettings } from "./shapes";

export const trunkSettingsKey = ["list", "/api/trunks"] as const;

/** What calls by a trunk cost, where they never go, and what they may cost a day. */
export function TrunkOutsideDialog({ trunk, close }: { trunk: TrunkSettings; close: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [prices, setPrices] = useState(linesOf(trunk.outside.prices));
  const [forbidden, setForbidden] = useState(trunk.outside.forbidden.join(" "));
  const [most, setMost] = useState(trunk.outside.dayCostMax?.toString() ?? "");
  const limits = { prices: pricesOf(prices), forbidden: prefixesOf(forbidden), dayCostMax: amountOf(most) };
  const isRight = limits.prices !== null && limits.forbidden !== null && limits.dayCostMax !== undefined;
  const save = useMutation({
    mutationFn: () => command("PUT", `/api/trunks/${encodeURIComponent(trunk.name)}/outside`, limits),
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: trunkSettingsKey }),
        client.invalidateQueries({ queryKey: ["costs"] }),
      ]);
      close();
    },
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t("admin.trunkOutsideOf", { name: trunk.name })}
      size="lg"
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack data-testid="trunk-dialog">
        <Text size="sm">{t("admin.trunkOutsideLead")}</Text>
        {save.error && <Problem error={save.error} />}
        <Textarea
          label={t("admin.prices")}
          description={t("admin.pricesHelp")}
          autosize
          minRows={3}
          maxRows={12}
          value={prices}
          error={limits.prices === null && t("admin.notPrices")}
          onChange={(event) => setPrices(event.currentTarget.value)}
          data-testid="trunk-prices"
        />
        <TextInput
          label={t("admin.forbidden")}
          value={forbidden}
          error={limits.forbidden === null && t("admin.notPrefixes")}
          onChange={(event) => setForbidden(event.currentTarget.value)}
          data-testid="trunk-forbidden"
        />
        <TextInput
          label={t("admin.dayCostMax")}
          description={t("admin.trunkCostHelp")}
          inputMode="decimal"
          value={most}
          error={limits.dayCostMax === undefined && t("admin.notAmount")}
          onChange={(event) => setMost(event.currentTarget.value)}
          data-testid="trunk-cost"
        />
        <Group justify="end">
          <Button variant="default" onClick={close}>
            {t("app.cancel")}
          </Button>
          <Button onClick={() => save.mutate()} loading={save.isPending} disabled={!isRight} data-testid="trunk-save">
            {t("app.save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
