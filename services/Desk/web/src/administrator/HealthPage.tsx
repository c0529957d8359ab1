import { Button, Group, Loader, Table, Title } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/request";
import { Problem } from "../look/Problem";
import { Marked } from "../supervisor/Marked";
import type { Mark } from "../supervisor/thresholds";
import { Bans } from "./Bans";
import styles from "./Listing.module.css";
import { type Health, health } from "./shapes";
import { Trunks } from "./Trunks";

const looks: Record<string, { mark: Mark; word: "healthy" | "degraded" | "unhealthy" }> = {
  Healthy: { mark: "good", word: "healthy" },
  Degraded: { mark: "warn", word: "degraded" },
  Unhealthy: { mark: "bad", word: "unhealthy" },
  Unreachable: { mark: "bad", word: "unhealthy" },
};

/** Each service's checks, as they are when asked. */
export default function HealthPage() {
  const { t } = useTranslation();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["health"],
    queryFn: () => get("/api/desk/health", health),
  });
  useEffect(() => {
    document.title = `${t("page.health")} – ${t("app.title")}`;
  }, [t]);
  return (
    <div className={styles.page} data-testid="health">
      <Group justify="space-between">
        <Title order={1} size="h3">
          {t("page.health")} {data && <Status status={data.status} />}
        </Title>
        <Button
          variant="default"
          leftSection={<IconRefresh size={18} />}
          loading={isFetching}
          onClick={() => void refetch()}
        >
          {t("admin.readAgain")}
        </Button>
      </Group>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Loader aria-label={t("app.loading")} />}
      {data && (
        <>
          <Services services={data.services} />
          <section className="card">
            <Table verticalSpacing="sm" horizontalSpacing="md">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("admin.check")}</Table.Th>
                  <Table.Th>{t("admin.result")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {Object.entries(data.checks).map(([name, check]) => (
                  <Table.Tr key={name}>
                    <Table.Th scope="row">{name}</Table.Th>
                    <Table.Td>
                      <Status status={check.status} /> <span lang="en">{check.description}</span>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </section>
        </>
      )}
      <Trunks />
      <Bans />
    </div>
  );
}

function Services({ services }: { services: Health["services"] }) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <Table verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("admin.service")}</Table.Th>
            <Table.Th>{t("admin.result")}</Table.Th>
            <Table.Th>{t("admin.version")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {services.map((service) => (
            <Table.Tr key={service.name}>
              <Table.Th scope="row">{service.name}</Table.Th>
              <Table.Td>
                <Status status={service.status} />
              </Table.Td>
              <Table.Td className="figures" title={service.version ?? undefined}>
                {short(service.version)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Status({ status }: { status: string }) {
  const { t } = useTranslation();
  const look = looks[status];
  return (
    <Marked mark={look?.mark ?? "none"} word={null}>
      {look ? t(`admin.${look.word}`) : status}
    </Marked>
  );
}

/** A version with the first characters of its build. */
function short(version: string | null | undefined): string {
  const [release, build] = (version ?? "–").split("+");
  return build ? `${release} (${build.slice(0, 7)})` : `${release}`;
}
