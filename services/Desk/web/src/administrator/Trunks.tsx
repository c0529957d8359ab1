import { Loader, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { get } from "../api/request";
import { Problem } from "../look/Problem";
import { Marked } from "../supervisor/Marked";
import { useDates } from "../words/useDates";
import { costs, type TrunkSettings, trunkSettings } from "./shapes";
import { TrunkOutsideCell } from "./TrunkOutsideCell";
import { trunkSettingsKey } from "./TrunkOutsideDialog";

const trunks = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      target: z.string(),
      priority: z.number(),
      weight: z.number(),
      isUp: z.boolean(),
      since: z.string(),
      lastCode: z.number(),
      registration: z.number().nullish(),
    }),
  ),
});

/** Trunks that take calls outside: whether each answers, whether our registration stands, what calls by it cost and may cost. */
export function Trunks() {
  const { t, i18n } = useTranslation();
  const dates = useDates();
  const { data, error, refetch } = useQuery({
    queryKey: ["trunks"],
    queryFn: () => get("/api/telephony/trunks", trunks),
  });
  const today = useQuery({ queryKey: ["costs"], queryFn: () => get("/api/telephony/costs", costs) });
  const settings = useQuery({ queryKey: trunkSettingsKey, queryFn: () => get("/api/trunks", trunkSettings) });
  const settingsOf = (name: string): TrunkSettings | undefined =>
    settings.data?.items.find((trunk) => trunk.name === name);
  const cost = (trunk: string) => {
    const one = today.data?.items.find((each) => each.trunk === trunk);
    if (!one) return "–";
    const money = (amount: number) => amount.toLocaleString(i18n.language, { minimumFractionDigits: 2 });
    return one.max === null || one.max === undefined
      ? t("admin.spent", { spent: money(one.spent) })
      : t("admin.spentOf", { spent: money(one.spent), max: money(one.max) });
  };
  return (
    <section className="card" data-testid="trunks" aria-labelledby="trunks">
      <h2 id="trunks">{t("admin.trunks")}</h2>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {settings.error && <Problem error={settings.error} retry={() => void settings.refetch()} />}
      {!data && !error && <Loader size="sm" aria-label={t("app.loading")} />}
      {data?.items.length === 0 && <Text c="var(--desk-quiet)">{t("admin.noTrunks")}</Text>}
      {data && data.items.length > 0 && (
        <Table.ScrollContainer minWidth={0} type="native">
          <Table verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("admin.name")}</Table.Th>
                <Table.Th>{t("admin.address")}</Table.Th>
                <Table.Th>{t("admin.result")}</Table.Th>
                <Table.Th>{t("admin.trunkPriority")}</Table.Th>
                <Table.Th>OPTIONS</Table.Th>
                <Table.Th>REGISTER</Table.Th>
                <Table.Th>{t("admin.cost")}</Table.Th>
                <Table.Th>{t("admin.pricesAndLimits")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {data.items.map((trunk) => (
                <Table.Tr key={trunk.name}>
                  <Table.Th scope="row">{trunk.name}</Table.Th>
                  <Table.Td className="figures">{trunk.target}</Table.Td>
                  <Table.Td>
                    <Marked mark={trunk.isUp ? "good" : "bad"} word={null}>
                      {t(trunk.isUp ? "admin.trunkUp" : "admin.trunkDown", { since: dates.seconds(trunk.since) })}
                    </Marked>
                  </Table.Td>
                  <Table.Td className="figures">
                    {trunk.priority} / {trunk.weight}
                  </Table.Td>
                  <Table.Td className="figures">{trunk.lastCode || "–"}</Table.Td>
                  <Table.Td className="figures">{trunk.registration || "–"}</Table.Td>
                  <Table.Td className="figures">{cost(trunk.name)}</Table.Td>
                  <Table.Td>
                    <Outside trunk={settingsOf(trunk.name)} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}

function Outside({ trunk }: { trunk: TrunkSettings | undefined }) {
  return trunk ? <TrunkOutsideCell trunk={trunk} /> : "–";
}
