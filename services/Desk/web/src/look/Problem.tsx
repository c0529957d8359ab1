import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useProblem } from "../words/useProblem";

/** What went wrong, what to do, and, where it helps, the way to try again. */
export function Problem({ error, title, retry }: { error: unknown; title?: string; retry?: () => void }) {
  const { t } = useTranslation();
  const told = useProblem()(error);
  return (
    <Alert icon={<IconAlertTriangle />} color="red" variant="light" title={title ?? t("problem.title")} role="alert">
      <Text size="sm" c="var(--desk-ink)">
        {told.text}
      </Text>
      {told.detail && (
        <Text size="sm" mt={4} c="var(--desk-quiet)" lang="en">
          {t("problem.said", { detail: told.detail })}
        </Text>
      )}
      {retry && (
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={retry}>
            {t("app.retry")}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
