import { Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import { get, RequestFailed } from "../api/request";
import { Problem } from "../look/Problem";

export type Version<T> = { version: number; at: string; by: { id: string; name: string }; settings: T };

/** The versions of what was set, with who and when; each can be taken into the form again. */
export function History<T>({
  path,
  shape,
  take,
}: {
  path: string;
  shape: z.ZodType<{ items: Version<T>[] }>;
  take: (version: Version<T>) => void;
}) {
  const { t, i18n } = useTranslation();
  const list = useQuery({ queryKey: ["list", path], queryFn: () => get(path, shape), retry: false });
  const time = new Intl.DateTimeFormat(i18n.language === "fi" ? "fi" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "medium",
  });
  if (list.isPending) return <Loader aria-label={t("app.loading")} />;
  if (list.error instanceof RequestFailed && list.error.status === 404) return <Text>{t("setting.noHistory")}</Text>;
  if (list.error) return <Problem error={list.error} retry={() => void list.refetch()} />;
  return (
    <Stack gap="xs" data-testid="history">
      {list.data.items.map((version, index) => (
        <Group key={version.version} justify="space-between" data-testid="history-row">
          <Text size="sm">
            <strong>{t("setting.version", { version: version.version })}</strong> {time.format(new Date(version.at))},{" "}
            {version.by.name || version.by.id}
          </Text>
          {index > 0 && (
            <Button size="xs" variant="default" onClick={() => take(version)}>
              {t("setting.take", { version: version.version })}
            </Button>
          )}
        </Group>
      ))}
    </Stack>
  );
}
